"""A real S3 server for tests, on loopback: moto's, as a thread of the test process (ADR 0203).

It speaks S3's protocol over sockets: buckets, conditional puts, multipart, ranges, listings in pages, removal in bulk.
What goes wrong with a store (it is busy, refuses, is far away, breaks off) is said by `failing` in front of it.
"""

import itertools
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

Environ = dict[str, Any]
Start = Callable[..., Any]

TORN = "TORN"
"""Instead of a code: the right answer, of which only half arrives."""


@dataclass
class Fault:
    """What the next `times` requests with this method and text in their address are answered with."""

    status: int
    code: str
    times: int
    method: str
    about: str

    def meets(self, environ: Environ) -> bool:
        """Say whether a request is to fail."""
        line = f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}"
        return self.times > 0 and environ["REQUEST_METHOD"].startswith(self.method) and self.about in line

    def answer(self, app: Callable[..., Iterable[bytes]], environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer as S3 does, with an XML document that names a code, none to a HEAD; or break off in the middle."""
        self.times -= 1
        if self.code == TORN:
            whole = b"".join(app(environ, start))
            return [whole[: len(whole) // 2]]
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        body = f"<?xml version='1.0'?><Error><Code>{self.code}</Code><Message>as told</Message></Error>".encode()
        start(f"{self.status} told", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


class S3Server:
    """One server for the whole test session; tests are kept apart by buckets of their own."""

    def __init__(self) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import WSGIRequestHandler, make_server

        class Quiet(WSGIRequestHandler):
            def log(self, type: str, message: str, *args: Any) -> None:
                """Say nothing."""

        self._app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=Quiet)
        self._faults: list[Fault] = []
        self._numbers = itertools.count(1)
        self.seen: deque[str] = deque(maxlen=10_000)
        """`METHOD PATH?QUERY` of the newest requests."""
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _answer(self, environ: Environ, start: Start) -> Iterable[bytes]:
        self.seen.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}")
        fault = next((fault for fault in self._faults if fault.meets(environ)), None)
        answer: Iterable[bytes] = fault.answer(self._app, environ, start) if fault else self._app(environ, start)
        return answer

    @contextmanager
    def failing(
        self, status: int, code: str, *, times: int = 1_000_000, method: str = "", about: str = ""
    ) -> Iterator[Fault]:
        """Answer so many requests with an error, or TORN, while the context is open."""
        fault = Fault(status, code, times, method, about)
        self._faults.append(fault)
        try:
            yield fault
        finally:
            self._faults.remove(fault)

    @property
    def environment(self) -> dict[str, str]:
        """What a process must have in its environment to use this server."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIAHUNTER22",
            "AWS_SECRET_ACCESS_KEY": "hunter22-secret",
        }

    def bucket(self) -> str:
        """Make an empty bucket and return its name."""
        name = f"bucket-{next(self._numbers)}"
        httpx.put(f"{self.url}/{name}", trust_env=False).raise_for_status()
        return name

    def keys(self, bucket: str) -> set[str]:
        """Return every key of a bucket, whatever its prefix (up to 1,000)."""
        page = httpx.get(f"{self.url}/{bucket}", params={"list-type": "2"}, trust_env=False).text
        return set(re.findall(r"<Key>([^<]*)</Key>", page))

    def uploads(self, bucket: str) -> int:
        """Return how many multipart uploads are not complete."""
        return httpx.get(f"{self.url}/{bucket}", params={"uploads": ""}, trust_env=False).text.count("<Upload>")


@cache
def s3_server() -> S3Server:
    """Return this process's server, started at the first call."""
    return S3Server()
