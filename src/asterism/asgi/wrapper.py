"""What surrounds every request, HTTP or WebSocket: one plain ASGI wrapper, since each layer costs every request.

Request ids, the rules and headers of the realm that a path belongs to (`asgi/realm.py`), how many may be inside at
once, the time a body may take, HEAD, metrics and the access log.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from functools import cache
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

from asterism.asgi.addresses import Addresses
from asterism.asgi.crowd import Crowd
from asterism.asgi.incoming import Incoming
from asterism.asgi.realm import Headers, Knock, Realm, Refusal
from asterism.base import ids
from asterism.base.errors import DomainError, ShuttingDown

Message = MutableMapping[str, Any]

log = structlog.get_logger("asterism.http")
REQUESTS = Counter("asterism_http_requests_total", "Answered requests.", ["method", "route", "status"])
SECONDS = Histogram("asterism_http_request_seconds", "Time to the end of the answer.", ["route"])
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WEBSOCKET"})
TOTAL_INSIDE, EACH_INSIDE = 4096, 512
ALWAYS_OPEN = "/health"
REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being answered, for the lines of the log."""
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class Wrapper:
    """Wraps the application. Of `realms` the first that covers a path counts; `/health` has always a place."""

    def __init__(self, app: Any, realms: Sequence[Realm], addresses: Addresses, crowd: Crowd | None = None) -> None:
        self.app = app
        self._realms = realms
        self._addresses = addresses
        self._crowd = crowd or Crowd(total=TOTAL_INSIDE, each=EACH_INSIDE)
        self._closed = False

    def close(self) -> None:
        """Let nobody in any more; what is inside goes on."""
        self._closed = True

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one ASGI connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        knock = Knock.of(scope)
        realm = self._realm(knock.path)
        request_id = _request_id(knock)
        scope.setdefault("state", {})["request_id"] = request_id
        extra = [(b"x-request-id", request_id.encode()), (b"x-content-type-options", b"nosniff")]
        if realm is not None:
            extra += realm.headers(knock.path, knock.origin)
        outgoing = (_Answer if scope["type"] == "http" else _Socket)(send, extra, Incoming(receive, knock.headers))
        started = time.perf_counter()
        answering = REQUEST_ID.set(request_id)
        try:
            refusal = self._refuse(scope, knock, realm)
            if refusal is not None:
                await outgoing.refuse(refusal, head=knock.method == "HEAD")
            else:
                await self._enter(scope, knock, realm, outgoing)
            self._record(scope, knock, outgoing, time.perf_counter() - started)
        finally:
            REQUEST_ID.reset(answering)

    def _realm(self, path: str) -> Realm | None:
        for one in self._realms:
            if one.covers(path):
                return one
        return None

    def _refuse(self, scope: Any, knock: Knock, realm: Realm | None) -> Refusal | None:
        repeats = len(scope["headers"]) != len(knock.headers)
        if repeats and sum(name == b"host" for name, _ in scope["headers"]) > 1:  # RFC 9112 3.2: two readers, two hosts
            return _problem(realm, knock.path, 400, "VALIDATION_ERROR", "A request has one Host header.")
        if realm is not None and (refusal := realm.refuse(knock)) is not None:
            return refusal
        if knock.method != "OPTIONS":
            return None
        headers = realm.preflight(knock) if realm is not None else None
        if headers is None and b"access-control-request-method" in knock.headers:
            headers = []
        return None if headers is None else Refusal(204, b"", headers)

    async def _enter(self, scope: Any, knock: Knock, realm: Realm | None, outgoing: "_Outgoing") -> None:
        if knock.path == ALWAYS_OPEN:
            await self._serve(scope, knock, outgoing)
            return
        if self._closed:
            problem = ShuttingDown()
            await outgoing.refuse(
                _come_back(_problem(realm, knock.path, 503, problem.code, problem.message)), head=knock.method == "HEAD"
            )
            return
        peer = (scope.get("client") or ("",))[0]
        address = self._addresses.resolve(peer, knock.headers.get(b"x-forwarded-for", b"").decode("latin-1"))
        if not self._crowd.enter(address):
            refusal = _problem(
                realm, knock.path, 429, "RATE_LIMITED", "Too many requests of this address are being answered."
            )
            await outgoing.refuse(_come_back(refusal), head=knock.method == "HEAD")
            return
        try:
            await self._serve(scope, knock, outgoing)
        finally:
            self._crowd.leave(address)

    async def _serve(self, scope: Any, knock: Knock, outgoing: "_Outgoing") -> None:
        if knock.method == "HEAD":
            scope["method"] = "GET"
            outgoing.head = True
        if len(knock.path) > 1 and (knock.path.endswith("/") or "//" in knock.path):
            scope["path"] = "/%00"  # another path than the one without the slash, and no route has it
        try:
            await self.app(scope, outgoing.incoming.receive, outgoing.send)
        except Exception as error:
            if outgoing.status and (cause := _domain_cause(error)) is not None:
                outgoing.cut = cause.message  # the rest is missing, and the client can tell: nothing ends it
                return
            log.exception("request failed", method=knock.method, path=knock.path)
            if not outgoing.status:
                await outgoing.refuse(Refusal(500, b"", [(b"content-type", b"application/json")]))

    def _record(self, scope: Any, knock: Knock, outgoing: "_Outgoing", seconds: float) -> None:
        route = scope.get("path_template") or ("guard" if outgoing.refused else "unmatched")
        method = knock.method if knock.method in METHODS else "other"
        _counter(method, route, outgoing.status).inc()
        if not outgoing.streaming:
            _seconds(route).observe(seconds)
        line: dict[str, Any] = {"method": knock.method[:20], "route": route, "status": outgoing.status}
        line["ms"] = round(seconds * 1000, 1)
        if outgoing.cut is None:
            log.info("request", **line)
        else:
            log.error("answer cut off", **line, problem=outgoing.cut)


def _request_id(knock: Knock) -> str:
    """Return the id that the client gave, where it is one, or a new one."""
    given = knock.headers.get(b"x-request-id", b"")
    return given.decode() if given and _REQUEST_ID.fullmatch(given) else ids.uuid4()


@cache
def _counter(method: str, route: str, status: int) -> Counter:
    return REQUESTS.labels(method, route, str(status))


@cache
def _seconds(route: str) -> Histogram:
    return SECONDS.labels(route)


def _domain_cause(error: BaseException | None) -> DomainError | None:
    """Return the error of ours that an error of a library came from, None when there is none."""
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_domain_cause, error.exceptions)), None)
    if error is None or isinstance(error, DomainError):
        return error
    return _domain_cause(error.__cause__ or error.__context__)


def _problem(realm: Realm | None, path: str, status: int, code: str, message: str) -> Refusal:
    if realm is None:
        return Refusal(status, message.encode() + b"\n", [(b"content-type", b"text/plain; charset=utf-8")])
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    return Refusal(status, realm.problem(path, status, code, message), headers)


def _come_back(refusal: Refusal) -> Refusal:
    refusal.headers.append((b"retry-after", b"5"))
    return refusal


class _Outgoing:
    """The sending side of one connection: adds the headers that are not there yet, and remembers how it ended."""

    def __init__(self, send: Callable[[Message], Awaitable[None]], extra: Headers, incoming: Incoming) -> None:
        self._send = send
        self._extra = extra
        self.incoming = incoming
        self.head = False
        self.status = 0
        self.streaming = False
        self.refused = False
        self.cut: str | None = None

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        await self._send(message)

    async def refuse(self, refusal: Refusal, *, head: bool = False) -> None:
        """Answer at once; with `head`, without the body."""
        raise NotImplementedError

    def _dress(self, message: Message) -> None:
        present = {name.lower() for name, _ in message["headers"]}
        message["headers"] = [*message["headers"], *(pair for pair in self._extra if pair[0] not in present)]


class _Answer(_Outgoing):
    """The answer to an HTTP request."""

    _ended = False

    async def send(self, message: Message) -> None:
        """Pass a message on; of an answer to HEAD the body is kept back."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.incoming.unread:
                await self.incoming.drain()
            self._dress(message)
            self.streaming = (b"content-type", b"text/event-stream; charset=utf-8") in message["headers"]
        elif self.head:
            if self._ended:
                return
            self._ended = True
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def refuse(self, refusal: Refusal, *, head: bool = False) -> None:
        """Answer at once; with `head`, without the body."""
        self.refused = True
        length = [(b"content-length", str(len(refusal.body)).encode())] if refusal.body else []
        await self.send(
            {"type": "http.response.start", "status": refusal.status, "headers": [*refusal.headers, *length]}
        )
        body = b"" if head or self.head else refusal.body
        await self._send({"type": "http.response.body", "body": body, "more_body": False})


class _Socket(_Outgoing):
    """The sending side of a WebSocket. Its opening carries no headers of ours: the server would drop them.

    What is not opened is answered as HTTP, by the ASGI extension `websocket.http.response`.
    """

    streaming = True

    async def send(self, message: Message) -> None:
        """Pass a message on, noting how the opening ended."""
        if message["type"] == "websocket.accept":
            self.status = 101
        elif message["type"] == "websocket.http.response.start":
            self.status = message["status"]
            self._dress(message)
        elif message["type"] == "websocket.close" and not self.status:
            self.status = 403
        await self._send(message)

    async def refuse(self, refusal: Refusal, *, head: bool = False) -> None:  # noqa: ARG002 - there is no HEAD here
        """Answer it as HTTP, or close what is open already."""
        self.refused = not self.status
        with suppress(RuntimeError, asyncio.CancelledError):
            if self.status:
                await self.send({"type": "websocket.close", "code": 1011, "reason": ""})
                return
            length = [(b"content-length", str(len(refusal.body)).encode())]
            headers = [*refusal.headers, *length]
            await self.send({"type": "websocket.http.response.start", "status": refusal.status, "headers": headers})
            await self._send({"type": "websocket.http.response.body", "body": refusal.body, "more_body": False})
