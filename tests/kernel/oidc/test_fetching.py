"""How much of what an issuer sends is read."""

import asyncio
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from asterism.kernel.oidc import fetch_over_http
from asterism.kernel.oidc.jwks import FetchFailed

MIB = 1 << 20


class Sized(BaseHTTPRequestHandler):
    """Answers with as many bytes as the path says."""

    def do_GET(self) -> None:
        size = int(self.path.removeprefix("/"))
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(b"k" * size)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def issuer() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Sized) as server:
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


def test_keys_of_a_mebibyte_are_read_and_no_byte_more(issuer: str) -> None:
    body, headers = asyncio.run(fetch_over_http(f"{issuer}/{MIB}"))
    assert (len(body), headers["content-length"]) == (MIB, str(MIB))
    with pytest.raises(FetchFailed, match="too large"):
        asyncio.run(fetch_over_http(f"{issuer}/{MIB + 1}"))
