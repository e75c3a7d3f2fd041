"""Who may call `/api` and `/health` at all: decided by Host and Origin before anything is routed.

There is no authentication on `/api`; a page in the owner's browser must not be able to use it, neither directly nor
by a name that was rebound to this machine. Source: Stargazer 0.6.
"""

import re
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog

from asterism.asgi.middleware import REQUESTS
from asterism.base import ids

log = structlog.get_logger("asterism.http")
GUARD = "guard"
"""Stands for the route in logs and counters of requests that never reach one."""

Headers = list[tuple[bytes, bytes]]

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WORKING_STREAMS = frozenset({"/api/triage/stream", "/api/review/stream"})
"""GET routes that start work, and therefore fall under the Origin rule."""

FORBIDDEN = msgspec.json.encode({"error": {"message": "Forbidden"}})
NOT_FOUND = msgspec.json.encode({"error": {"message": "Not Found"}})

SECURITY: Headers = [
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
PREFLIGHT: Headers = [
    (b"access-control-allow-methods", b"GET,POST,PUT,PATCH,DELETE,OPTIONS"),
    (b"access-control-allow-headers", b"Content-Type,Authorization,x-stargazer-project-root,Last-Event-ID"),
    (b"access-control-max-age", b"600"),
]
JSON: Headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]

_HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[^:\[\]]+))(?::\d*)?")


class LocalGuard:
    """Wraps the application. With `serves_api` false every `/api` path is unknown and the Host rule is off."""

    def __init__(self, app: Any, *, serves_api: bool) -> None:
        self.app = app
        self.serves_api = serves_api

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one ASGI connection."""
        path: str = scope.get("path", "")
        if scope["type"] != "http" or not (is_api(path) or path == "/health"):
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        outgoing = _Outgoing(send, scope["method"], extra_headers(path, origin))
        if is_api(path) and not self.serves_api:
            await outgoing.plain(404, NOT_FOUND)
        elif self.serves_api and not is_allowed(scope["method"], path, headers):
            await outgoing.plain(403, FORBIDDEN)
        elif is_api(path) and scope["method"] == "OPTIONS":
            await outgoing.plain(204, b"", PREFLIGHT if is_local_origin(origin) else [])
        elif is_api(path) and (path.endswith("/") or "//" in path):
            await outgoing.plain(404, NOT_FOUND, head=scope["method"] == "HEAD")
        elif scope["method"] == "HEAD" and path.endswith("/stream"):
            await outgoing.plain(404, NOT_FOUND, head=True)
        else:
            await self.app(scope, receive, outgoing.send)


def is_api(path: str) -> bool:
    """Whether a path belongs to the local face."""
    return path == "/api" or path.startswith("/api/")


def is_allowed(method: str, path: str, headers: dict[bytes, bytes]) -> bool:
    """Whether a request meets the Host rule and, on `/api`, the Origin rule."""
    return is_local_host(headers.get(b"host")) and (not is_api(path) or may_act(method, path, headers))


def is_local_host(value: bytes | None) -> bool:
    """Whether a Host header names this machine; port and brackets do not count."""
    match = _HOST.fullmatch((value or b"").decode("latin-1").lower())
    return match is not None and (match["six"] or match["name"]) in LOCAL_HOSTS


def is_local_origin(value: bytes | None) -> bool:
    """Whether an Origin is a page of this machine, on any port; `null` is not."""
    if value is None:
        return False
    try:
        parts = urlsplit(value.decode("ascii"))
        _ = parts.port
    except ValueError:
        return False
    bare = not (parts.path or parts.query or parts.fragment or parts.username)
    return bare and parts.scheme in {"http", "https"} and (parts.hostname or "") in LOCAL_HOSTS


def may_act(method: str, path: str, headers: dict[bytes, bytes]) -> bool:
    """Whether a request that changes something or starts work may come from where it comes from."""
    if method in SAFE_METHODS and not (method == "GET" and path in WORKING_STREAMS):
        return True
    origin = headers.get(b"origin")
    if origin is not None:
        return is_local_origin(origin)
    return headers.get(b"sec-fetch-site", b"").strip().lower() != b"cross-site"


def extra_headers(path: str, origin: bytes | None) -> Headers:
    """Return the headers that every answer under this path carries."""
    if not is_api(path):
        return SECURITY
    allowed: Headers = []
    if origin is not None and is_local_origin(origin):
        allowed = [(b"access-control-allow-origin", origin)]
    return [*SECURITY, (b"vary", b"Origin"), *allowed]


class _Outgoing:
    """The sending side: adds headers that are not there yet, and records what the guard answers by itself."""

    def __init__(self, send: Any, method: str, extra: Headers) -> None:
        self._send = send
        self._method = method
        self._extra = extra

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            added = [pair for pair in self._extra if pair[0] not in present]
            message["headers"] = [*message["headers"], *added]
        await self._send(message)

    async def plain(self, status: int, body: bytes, headers: Headers | None = None, *, head: bool = False) -> None:
        """Answer at once; with `head`, without the body."""
        request_id = ids.uuid4()
        log.info("request", method=self._method, route=GUARD, status=status, request_id=request_id)
        REQUESTS.labels(self._method, GUARD, str(status)).inc()
        length = (b"content-length", str(len(body)).encode())
        fixed = [(b"x-request-id", request_id.encode()), *([*JSON, length] if body else [])]
        await self.send({"type": "http.response.start", "status": status, "headers": [*fixed, *(headers or [])]})
        await self._send({"type": "http.response.body", "body": b"" if head else body, "more_body": False})
