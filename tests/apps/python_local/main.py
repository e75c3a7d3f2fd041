"""A server of the standard library."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """Answers every path with one text; `/crash` ends the process."""

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/crash":
            os._exit(1)
        text = b"first version"
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
