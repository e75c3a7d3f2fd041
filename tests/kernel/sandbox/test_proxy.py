"""The way to the network of this machine, which never leads to the machine itself."""

import asyncio
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from asterism.kernel.llm.fake_server import FakeModelServer
from asterism.kernel.sandbox import open_proxy, proxy_variables
from asterism.kernel.sandbox.proxy import is_ours


@pytest.mark.parametrize(
    "head",
    [
        b"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT localhost:{port} HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT [::1]:{port} HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT 0:{port} HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT 2130706433:{port} HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT [::ffff:127.0.0.1]:{port} HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET http://127.0.0.1:{port}/api/x HTTP/1.1\r\nhost: example.com\r\n\r\n",
        b"GET http://0x7f.1:{port}/api/x HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /api/x HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n",
        b"GET ftp://127.0.0.1:{port}/ HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT 169.254.169.254:80 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT : HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT x:99999 HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
)
def test_the_machine_itself_is_refused_under_every_name(head: bytes, tmp_path: Path) -> None:
    reached: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(await reader.read(100))
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, asyncio.timeout(60), open_proxy(tmp_path / "p.sock") as path:
            reader, writer = await asyncio.open_unix_connection(str(path))
            writer.write(head.replace(b"{port}", b"%d" % port))
            answer = await reader.read()
            writer.close()
            assert answer.startswith((b"HTTP/1.1 403 ", b"HTTP/1.1 502 "))

    asyncio.run(main())
    assert not reached


@pytest.mark.parametrize(("size", "answered"), [(64 << 10, b"HTTP/1.1 403 "), ((64 << 10) + 1, b"")])
def test_the_head_of_a_request_has_64_kib(size: int, answered: bytes, tmp_path: Path) -> None:
    begun = b"CONNECT 127.0.0.1:1 HTTP/1.1\r\nhost: x\r\nfiller: "

    async def main() -> None:
        async with asyncio.timeout(60), open_proxy(tmp_path / "p.sock") as path:
            reader, writer = await asyncio.open_unix_connection(str(path))
            writer.write(begun + b"x" * (size - len(begun)))
            if answered:
                writer.write(b"\r\n\r\n")
            with suppress(ConnectionResetError):
                told = await reader.read(100)
                assert told.startswith(answered)
                assert bool(told) == bool(answered)
            writer.close()

    asyncio.run(main())


def test_everything_else_is_reached_plain_and_through_tunnels(tmp_path: Path) -> None:
    async def main() -> None:
        async with (
            asyncio.timeout(60),
            FakeModelServer() as server,
            open_proxy(tmp_path / "p.sock", lambda _: False) as path,
        ):
            address = server.url.removeprefix("http://").removesuffix("/v1")
            body = b'{"model":"m","messages":[]}'
            head = b"host: x\r\nconnection: close\r\ncontent-length: 27\r\n\r\n"
            asked = b"POST /v1/chat/completions HTTP/1.1\r\n" + head + body
            plain = asked.replace(b" /v1", f" {server.url}".encode(), 1)
            tunnel = f"CONNECT {address} HTTP/1.1\r\nhost: x\r\n\r\n".encode()
            for sent in (plain, tunnel + asked):
                reader, writer = await asyncio.open_unix_connection(str(path))
                writer.write(sent)
                answer = b""
                while b"chat.completion" not in answer:
                    data = await reader.read(1000)
                    assert data, answer
                    answer += data
                writer.close()
            assert len(server.calls) == 2

    asyncio.run(main())


def test_addresses_of_this_machine_are_known_whatever_its_interfaces() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing; names the interface that would be used
        own = probe.getsockname()[0]
    assert is_ours(own)
    for address in (
        "127.9.9.9",
        "::1",
        "0.0.0.0",
        "::",
        "fe80::1",
        "169.254.1.1",
        "::ffff:127.0.0.1",
        "224.0.0.1",
        "x",
    ):
        assert is_ours(address)
    for address in ("192.0.2.1", "2001:db8::1", "93.184.216.34"):
        assert not is_ours(address)


def test_programs_are_sent_to_it_but_not_for_what_is_local() -> None:
    found = proxy_variables(4004)
    assert found["https_proxy"] == found["HTTP_PROXY"] == "http://127.0.0.1:4004"
    assert "127.0.0.1" in found["NO_PROXY"]
