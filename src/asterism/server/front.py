"""What listens from the first moment of a start, while the application behind it is still being built."""

import asyncio
from typing import Any

import msgspec

from asterism.asgi.addresses import Addresses, read_networks
from asterism.asgi.realm import Realm
from asterism.asgi.wrapper import Wrapper
from asterism.base.clock import SystemClock, stamp
from asterism.base.hosts import is_loopback
from asterism.faces.local.realm import LocalRealm
from asterism.faces.v1.realm import V1Realm
from asterism.server.settings import Settings


class Front:
    """An ASGI application: answers /health by itself, at once; all else waits until `open` says what is behind it."""

    def __init__(self, settings: Settings) -> None:
        self._opened = asyncio.Event()
        self._app: Any = None
        realms: list[Realm] = [LocalRealm(serves_api=is_loopback(settings.host)), V1Realm.parse(settings.cors_origins)]
        self._wrapper = Wrapper(self._inner, realms, addresses_of(settings))

    def open(self, app: Any) -> None:
        """Hand every request, those that wait included, to the application."""
        self._app = app
        self._opened.set()

    def close(self) -> None:
        """Answer every request from now on that the server is stopping; those that are inside are served."""
        self._wrapper.close()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one ASGI connection."""
        await self._wrapper(scope, receive, send)

    async def _inner(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/health" and scope["type"] == "http":
            await _health(scope, send)
            return
        await self._opened.wait()
        await self._app(scope, receive, send)


async def _health(scope: Any, send: Any) -> None:
    """GET /health: say that the server is up."""
    scope["path_template"] = "/health"
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    status, body = 200, msgspec.json.encode({"status": "ok", "timestamp": stamp(SystemClock().now())})
    if scope["method"] != "GET":
        status, body = 404, msgspec.json.encode({"error": {"message": "Not Found"}})
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def addresses_of(settings: Settings) -> Addresses:
    """Return what the settings say about addresses."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return Addresses(f"http://{host}:{settings.port}", settings.public_url, read_networks(settings.trusted_proxies))
