"""What surrounds every request: request ids, common headers, CORS, HEAD, metrics and the access log.

One plain ASGI wrapper, since each layer of middleware costs every request.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

from asterism.base import ids

Message = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]
CorsRule = Callable[[str, bytes | None], Headers]

log = structlog.get_logger("asterism.http")
REQUESTS = Counter("asterism_http_requests_total", "Answered requests.", ["method", "route", "status"])
SECONDS = Histogram("asterism_http_request_seconds", "Time to the end of the answer.", ["route"])
DRAIN_BYTES = 32 * 1024 * 1024
DRAIN_SECONDS = 10
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class Outermost:
    """Wraps the application: everything that holds for every answer, errors and streams included.

    `cors(path, origin)` returns the CORS headers of an answer; `preflight(path, origin)` those of a preflight;
    `refuse(path)` may answer a path at once (status, body), before routing.
    """

    def __init__(
        self,
        app: Any,
        *,
        cors: CorsRule,
        preflight: CorsRule,
    ) -> None:
        self.app = app
        self.cors = cors
        self.preflight = preflight

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given if _REQUEST_ID.fullmatch(given) else ids.uuid4().encode()
        scope.setdefault("state", {})["request_id"] = request_id.decode()
        origin = headers.get(b"origin")
        body = _Body(receive, headers)
        common = [(b"x-request-id", request_id), (b"x-content-type-options", b"nosniff")]
        answer = _Answer(send, scope, common, body)
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id.decode()):
            if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
                await answer.plain(204, self.preflight(scope["path"], origin))
            else:
                answer.extra += self.cors(scope["path"], origin)
                await self._serve(scope, body.receive, answer)
            self._record(scope, answer, time.perf_counter() - started)

    async def _serve(self, scope: Any, receive: Any, answer: "_Answer") -> None:
        if scope["method"] == "HEAD":
            scope["method"] = "GET"
            answer.head = True
        path: str = scope["path"]
        if len(path) > 1 and (path.endswith("/") or "//" in path):
            scope["path"] = "/%00"  # another path than the one without the slash, and no route has it
        try:
            await self.app(scope, receive, answer.send)
        except Exception:
            log.exception("request failed", method=scope["method"], path=path)
            if not answer.status:
                await answer.plain(500, [(b"content-type", b"application/json")])

    def _record(self, scope: Any, answer: "_Answer", seconds: float) -> None:
        route = scope.get("path_template") or "unmatched"
        method = "HEAD" if answer.head else scope["method"]
        REQUESTS.labels(method, route, str(answer.status)).inc()
        if not answer.streaming:
            SECONDS.labels(route).observe(seconds)
        log.info("request", method=method, route=route, status=answer.status, ms=round(seconds * 1000, 1))


class _Body:
    """The receiving side of one request; knows whether the client still has something to send."""

    def __init__(self, receive: Callable[[], Awaitable[Message]], headers: dict[bytes, bytes]) -> None:
        self._receive = receive
        announced = headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers
        self._unread = announced and b"expect" not in headers

    async def receive(self) -> Message:
        """Receive a message, as the application does."""
        message = await self._receive()
        if not message.get("more_body", False):
            self._unread = False
        return message

    async def drain(self) -> None:
        """Read what the application left, within bounds.

        A client that is still sending when it is refused would otherwise find its connection reset and never see why.
        """
        size = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self._unread and size < DRAIN_BYTES:
                    size += len((await self.receive()).get("body", b""))


class _Answer:
    """The sending side of one request."""

    def __init__(self, send: Any, scope: Any, extra: Headers, body: _Body) -> None:
        self._send = send
        self._body = body
        self.scope = scope
        self.extra = extra
        self.head = False
        self.status = 0
        self.streaming = False
        self._ended = False

    async def send(self, message: Message) -> None:
        """Pass a message on, adding the common headers to the start of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.status >= 400:
                await self._body.drain()
            present = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(pair for pair in self.extra if pair[0] not in present)]
            self.streaming = (b"content-type", b"text/event-stream; charset=utf-8") in message["headers"]
        elif self.head:
            if self._ended:
                return
            self._ended = True
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def plain(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Answer at once, without a body."""
        await self.send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})
