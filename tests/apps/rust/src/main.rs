use std::io::{Read, Write};
use std::net::TcpListener;

fn main() {
    let port = std::env::var("PORT").expect("PORT is set");
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).expect("the port is free");
    for stream in listener.incoming() {
        let mut stream = stream.expect("a connection");
        let mut asked = [0; 1024];
        let read = stream.read(&mut asked).unwrap_or(0);
        if asked[..read].starts_with(b"GET /crash") {
            std::process::exit(1);
        }
        let text = "first version";
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", text.len());
        let _ = stream.write_all((head + text).as_bytes());
    }
}
