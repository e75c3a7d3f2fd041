"""Where OpenCode looks things up: the lookups of a turn as tools, told by the Model Context Protocol.

A desk is a door of the sandbox that leads nowhere: what is asked is answered here. It answers one request a connection,
in JSON and without sessions (streamable HTTP, revision 2025-06-18), to whoever brings its secret.
"""

import asyncio
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from asterism.base.libraries import later
from asterism.kernel.agents.port import Lookup
from asterism.kernel.sandbox import Streams, next_event, refusal, write_out

if TYPE_CHECKING:
    import h11
else:
    h11 = later("h11")

log = structlog.get_logger(__name__)

SERVER = "asterism"
REVISION = "2025-06-18"
LARGEST_REQUEST = 1 << 20
MOST_TEXT = 60_000
ANSWERS_WITHIN = 60.0
AT_ONCE = 8


class Desk:
    """The desk of one sandbox. What it offers may change; which tools there are may not, once it is asked."""

    def __init__(self, lookups: Sequence[Lookup]) -> None:
        self._secret = secrets.token_urlsafe(32)
        self._lookups: Mapping[str, Lookup] = {}
        self._places = asyncio.Semaphore(AT_ONCE)
        self.offer(lookups)

    def offer(self, lookups: Sequence[Lookup]) -> None:
        """Answer by these from now on."""
        self._lookups = {one.tool.name: one for one in lookups}

    def configuration(self, address: str) -> dict[str, Any]:
        """Return what OpenCode is told of it."""
        headers = {"Authorization": f"Bearer {self._secret}"}
        how = {"type": "remote", "enabled": True, "oauth": False, "timeout": int(ANSWERS_WITHIN * 1000)}
        return {SERVER: {**how, "url": address, "headers": headers}}

    async def carry(self, near: Streams) -> None:
        """Answer one connection."""
        async with self._places, asyncio.timeout(ANSWERS_WITHIN):
            await write_out(near[1], await self._exchange(near[0]))

    async def _exchange(self, reader: asyncio.StreamReader) -> bytes:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=LARGEST_REQUEST)
        request = await next_event(connection, reader)
        if not isinstance(request, h11.Request):
            return b""
        given = next((value for name, value in request.headers if name == b"authorization"), b"")
        if not hmac.compare_digest(given, f"Bearer {self._secret}".encode()):
            return refusal(401, b"This is not yours to ask.")
        if request.method != b"POST":
            return refusal(405, b"Only POST is answered here.")
        body = b""
        while isinstance(event := await next_event(connection, reader), h11.Data):
            body += event.data
            if len(body) > LARGEST_REQUEST:
                return refusal(413, b"The request is too long.")
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            return refusal(400, b"The request is no JSON object.")
        return await self._answered(message)

    async def _answered(self, message: dict[str, Any]) -> bytes:
        if "id" not in message:
            return b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        params = message.get("params")
        try:
            outcome = {"result": await self._result(message.get("method"), params if isinstance(params, dict) else {})}
        except LookupError as unknown:
            outcome = {"error": {"code": -32601, "message": str(unknown.args[0])}}
        body = json.dumps({"jsonrpc": "2.0", "id": message["id"], **outcome}).encode()
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        return head % len(body) + body

    async def _result(self, method: object, params: dict[str, Any]) -> dict[str, Any]:
        """Return the result of a method. Raises LookupError for one that is not known."""
        if method == "initialize":
            about = {"name": SERVER, "version": "1"}
            return {"protocolVersion": REVISION, "capabilities": {"tools": {}}, "serverInfo": about}
        if method == "ping":
            return {}
        if method == "tools/list":
            return {"tools": [_described(one) for one in self._lookups.values()]}
        if method == "tools/call":
            return await self._called(params)
        raise LookupError("There is no such method.")

    async def _called(self, params: dict[str, Any]) -> dict[str, Any]:
        lookup, given = self._lookups.get(str(params.get("name"))), params.get("arguments") or {}
        if lookup is None or not isinstance(given, dict):
            return _text("There is no such tool, or its arguments are no object.", failed=True)
        try:
            found = await lookup.answer(given)
        except Exception:
            log.exception("agent.lookup_failed", tool=lookup.tool.name)
            return _text("The lookup failed.", failed=True)
        return _text(found if len(found) <= MOST_TEXT else f"{found[:MOST_TEXT]}\n… cut")


def _described(lookup: Lookup) -> dict[str, Any]:
    tool = lookup.tool
    hints = {"readOnlyHint": True, "destructiveHint": False, "openWorldHint": False}
    return {"name": tool.name, "description": tool.description, "inputSchema": tool.schema, "annotations": hints}


def _text(text: str, *, failed: bool = False) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": text}], "isError": failed}
