"""`/mcp`: the protocol's streamable HTTP, without sessions: each request brings its token and is answered by itself.

What a tool asks goes through this very server, with the caller's token and address: the same rights, limits and log.
"""

import asyncio
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from asterism.base.errors import DomainError
from asterism.base.libraries import later
from asterism.faces.mcp.tools import Request

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

log = structlog.get_logger("asterism.mcp")
PATH = "/mcp"
ASKED_SECONDS = 120.0
FORWARDED = ("authorization", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host")
NOT_LOADED = {
    "error": {
        "code": "MCP_UNAVAILABLE",
        "message": "The protocol's library could not be loaded.",
        "hint": "The server's log says why. The next request tries it again.",
    }
}

Load = Callable[[Any], Any]
"""Imports the SDK and returns its manager of requests for a server whose tools ask by the function given."""


def load_sdk(ask: Any) -> Any:
    """Return the SDK's manager; takes about a second. For a worker thread."""
    serving = importlib.import_module("asterism.faces.mcp.server")
    managers = importlib.import_module("mcp.server.streamable_http_manager")
    return managers.StreamableHTTPSessionManager(serving.build_server(ask), json_response=True, stateless=True)


class McpHttp:
    """An ASGI application that answers `/mcp` and hands everything else to the one behind it.

    `front` is the whole server, which is asked what tools want to know. The SDK is imported at the first request.
    """

    def __init__(self, app: Any, front: Any, *, load: Load = load_sdk) -> None:
        self._app, self._front, self._load = app, front, load
        self._manager: Any = None
        self._running: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._ended = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        scope["path_template"] = PATH
        if scope["method"] != "POST":  # nothing is told unasked, so there is no stream to open and no session to end
            await _answer(send, httpx.Response(405, headers={"allow": "POST"}))
            return
        refused = await self._refusal(scope)
        if refused is not None:
            await _answer(send, refused)
            return
        if self._running is None or self._running.done():  # the first request, or the first after a failure
            self._ready.clear()
            self._running = asyncio.create_task(self._run())
        await self._ready.wait()
        if self._manager is None:
            await _answer(send, httpx.Response(503, json=NOT_LOADED, headers={"retry-after": "5"}))
            return
        await self._manager.handle_request(scope, receive, send)

    async def stop(self) -> None:
        """End what runs."""
        self._ended.set()
        if self._running is not None:
            await self._running

    async def _run(self) -> None:
        """Keep the SDK's tasks for as long as the server runs; they are begun and ended by one task.

        Ends early, with the reason in the log, when the SDK cannot be loaded or breaks.
        """
        try:
            manager = await asyncio.to_thread(self._load, self._ask)
            async with manager.run():
                self._manager = manager
                self._ready.set()
                await self._ended.wait()
        except Exception:
            log.exception("mcp.not_running")
        finally:
            self._manager = None
            self._ready.set()  # who waits is told

    async def _refusal(self, scope: Any) -> "httpx.Response | None":
        """Return the server's own refusal of the caller's token, None when it is good."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        answer = await self._send(headers, scope.get("client"), Request("GET", "/v1/auth/me", {}, None))
        return answer if answer.status_code in (401, 403, 429) else None

    async def _ask(self, asked_by: Any, request: Request) -> bytes:
        answer = await self._send(asked_by.headers, asked_by.scope.get("client"), request)
        if answer.status_code >= 400:
            raise _refused(answer)
        return answer.content

    async def _send(self, headers: Any, client: Any, request: Request) -> "httpx.Response":
        transport = httpx.ASGITransport(app=self._front, client=tuple(client) if client else ("127.0.0.1", 0))
        forwarded = {name: headers[name] for name in FORWARDED if name in headers}
        host = headers.get("host", "localhost")
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=ASKED_SECONDS) as asking:
            return await asking.request(
                request.method,
                request.path,
                params=dict(request.query),
                json=request.body,
                headers={**forwarded, "host": host},
            )


def _refused(answer: "httpx.Response") -> DomainError:
    """Read the error of `/v1` again."""
    try:
        error = msgspec.json.decode(answer.content, type=dict[str, dict[str, Any]])["error"]
    except (msgspec.MsgspecError, KeyError):
        error = {}
    message = error.get("message") or f"The server answered with status {answer.status_code}."
    return DomainError(str(message), code=str(error.get("code", "ERROR")), hint=error.get("hint"))


async def _answer(send: Any, answer: "httpx.Response") -> None:
    kept = ("allow", "content-type", "www-authenticate", "retry-after")
    headers = [(name.encode(), answer.headers[name].encode()) for name in kept if name in answer.headers]
    headers.append((b"content-length", str(len(answer.content)).encode()))
    await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content, "more_body": False})
