"""What listens from the first moment of a start, while the application behind it is still being built."""

import asyncio
from typing import Any

import msgspec

from asterism.asgi.local_guard import LocalGuard
from asterism.asgi.middleware import Headers, Outermost
from asterism.base.clock import SystemClock, stamp


class Front:
    """An ASGI application: answers /health at once; everything else waits until `open` says what is behind it.

    `serves_api` is whether the Host rule of the local face holds (Stargazer 0.6).
    """

    def __init__(self, *, serves_api: bool) -> None:
        self._opened = asyncio.Event()
        early = Outermost(self._early, cors=_no_headers, preflight=_no_headers)
        self._app: Any = LocalGuard(early, serves_api=serves_api)

    def open(self, app: Any) -> None:
        """Hand every request, those that wait included, to the application."""
        self._app = app
        self._opened.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one ASGI connection."""
        early = scope.get("path") == "/health" and scope["method"] in {"GET", "HEAD"}
        if not early:
            await self._opened.wait()
        await self._app(scope, receive, send)

    async def _early(self, _scope: Any, _receive: Any, send: Any) -> None:
        body = msgspec.json.encode({"status": "ok", "timestamp": stamp(SystemClock().now())})
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


def _no_headers(_path: str, _origin: bytes | None) -> Headers:
    return []
