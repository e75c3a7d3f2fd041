"""A door out of a sandbox without a network: HTTP to one address, below one path, through a Unix socket."""

import asyncio
import http
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote, urlsplit

import structlog

from asterism.base.libraries import later
from asterism.kernel.background import Tasks

if TYPE_CHECKING:
    import h11
else:
    h11 = later("h11")

log = structlog.get_logger(__name__)

UNREACHABLE = b"This address is not reachable from the agent's sandbox."
_CHUNK = 1 << 16
HEAD_BYTES = 64 << 10
_CONNECTS_WITHIN = 10.0
_OURS = frozenset({b"host", b"connection", b"keep-alive", b"expect", b"upgrade", b"te", b"trailer"})
Streams: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Beyond:
    """What a door leads to. `prefix` begins every path that may be asked for, and ends with a slash."""

    host: str
    port: int
    secure: bool
    prefix: str

    @classmethod
    def of(cls, url: str) -> "Beyond":
        """Read an http(s) URL; everything below its path is beyond the door. Raises ValueError for another scheme."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"a door leads to an http(s) address, not to {parts.scheme or 'nothing'}")
        secure = parts.scheme == "https"
        return cls(parts.hostname, parts.port or (443 if secure else 80), secure, parts.path.rstrip("/") + "/")

    def url(self, port: int) -> str:
        """Return the address that programs inside use, when the door is at `port` of 127.0.0.1."""
        return f"http://127.0.0.1:{port}{self.prefix.rstrip('/')}"

    def admits(self, target: bytes) -> bool:
        """Whether a request's target lies below the prefix, however a server may read dots, slashes and escapes."""
        path = target.partition(b"?")[0].decode("ascii", "replace")
        plain = unquote(unquote(path)).replace("\\", "/")
        odd = any(part in (".", "..") for part in plain.split("/")) or "//" in plain or "\0" in plain
        return path.startswith(self.prefix) and not odd

    @property
    def authority(self) -> bytes:
        """The value of the header `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == (443 if self.secure else 80)
        return (host if usual else f"{host}:{self.port}").encode("idna" if host.isascii() is False else "ascii")


@asynccontextmanager
async def open_door(path: Path, beyond: Beyond) -> AsyncIterator[Path]:
    """Serve the door at the socket `path` while the block runs. Yields the path."""
    async with serving(path, lambda near: _Exchange(near, beyond).carry()):
        yield path


@asynccontextmanager
async def serving(path: Path, carry: Callable[[Streams], Awaitable[None]]) -> AsyncIterator[None]:
    """Serve connections at a Unix socket of the owner's while the block runs; one that breaks is dropped."""
    connections = _Connections(carry)
    server = await asyncio.start_unix_server(connections.take, str(path), start_serving=False)
    try:  # a cancellation in the middle of starting must not leave a socket that listens and belongs to nobody
        os.chmod(path, 0o600)
        await server.start_serving()
        yield
    finally:
        await _stop(server, connections)


@asynccontextmanager
async def serving_locally(carry: Callable[[Streams], Awaitable[None]]) -> AsyncIterator[int]:
    """Serve as `serving` does at a port of 127.0.0.1, which every program of this machine reaches. Yields the port."""
    connections = _Connections(carry)
    server = await asyncio.start_server(connections.take, "127.0.0.1", 0, start_serving=False)
    try:
        await server.start_serving()
        yield int(server.sockets[0].getsockname()[1])
    finally:
        await _stop(server, connections)


async def _stop(server: asyncio.Server, connections: "_Connections") -> None:
    """Accept nothing more, then break off what is open.

    A connection that was accepted a moment ago belongs to nobody yet, and a server that is closed drops it open
    (python/cpython#109564), so it is given the four rounds of the loop in which it comes to its task.
    """
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        loop.remove_reader(listening.fileno())
    for _ in range(4):
        await asyncio.sleep(0)
    server.close()
    await connections.end()


class _Connections:
    """The connections of something that serves; one that breaks is dropped."""

    def __init__(self, carry: Callable[[Streams], Awaitable[None]]) -> None:
        self._carry = carry
        self._open = Tasks()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one to its end."""
        task = asyncio.current_task()
        if task is not None:
            self._open.keep(task)
        try:
            await self._carry((reader, writer))
        except (OSError, ValueError, h11.ProtocolError, asyncio.CancelledError) as error:
            log.debug("door.broken", error=type(error).__name__)
        finally:
            writer.close()

    async def end(self) -> None:
        """Break off what is open."""
        await self._open.cancel()


class _Exchange:
    """One request and its answer; the connection is closed after it, so that nothing passes unread behind it."""

    def __init__(self, near: Streams, beyond: Beyond) -> None:
        self._near, self._beyond = near, beyond
        self._inner = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES)
        self._outer = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)

    async def carry(self) -> None:
        """Read the request, see whether it may pass, and carry both bodies as they come."""
        request = await next_event(self._inner, self._near[0])
        if not isinstance(request, h11.Request):
            return
        if not self._beyond.admits(request.target):
            await write_out(self._near[1], refusal(403, UNREACHABLE))
            return
        try:
            far = await self._connect()
        except OSError:
            await write_out(self._near[1], refusal(502, b"The address cannot be reached."))
            return
        try:
            await self._exchange(request, far)
        finally:
            far[1].transport.abort()

    async def _connect(self) -> Streams:
        context = ssl.create_default_context() if self._beyond.secure else None
        opening = asyncio.open_connection(self._beyond.host, self._beyond.port, ssl=context)
        async with asyncio.timeout(_CONNECTS_WITHIN):
            return await opening

    async def _exchange(self, request: "h11.Request", far: Streams) -> None:
        asked = asyncio.ensure_future(self._ask(request, far[1]))
        answered = asyncio.ensure_future(self._answer(far[0]))
        try:
            await asyncio.wait({asked, answered}, return_when=asyncio.FIRST_COMPLETED)
            if answered.done():
                answered.result()
        finally:
            for task in (asked, answered):
                task.cancel()
            await asyncio.wait({asked, answered})
            for task in (asked, answered):
                if not task.cancelled():
                    task.exception()

    async def _ask(self, request: "h11.Request", writer: asyncio.StreamWriter) -> None:
        """Send the request on, then wait for the asker to leave: returning ends the exchange."""
        headers = [(name, value) for name, value in request.headers if name not in _OURS]
        headers += [(b"host", self._beyond.authority), (b"connection", b"close")]
        passed = h11.Request(method=request.method, target=request.target, headers=headers)
        await write_out(writer, self._outer.send(passed))
        if self._inner.they_are_waiting_for_100_continue:
            await write_out(self._near[1], self._inner.send(h11.InformationalResponse(status_code=100, headers=[])))
        while not isinstance(event := await next_event(self._inner, self._near[0]), h11.EndOfMessage):
            if not isinstance(event, h11.Data):
                return
            await write_out(writer, self._outer.send(event))
        await write_out(writer, self._outer.send(h11.EndOfMessage()))
        while await self._near[0].read(_CHUNK):
            pass

    async def _answer(self, reader: asyncio.StreamReader) -> None:
        while True:
            event = await next_event(self._outer, reader)
            if isinstance(event, h11.Response):
                kept = [(n, v) for n, v in event.headers if n not in (b"connection", b"keep-alive", b"upgrade")]
                event = h11.Response(status_code=event.status_code, headers=[*kept, (b"connection", b"close")])
            elif isinstance(event, h11.InformationalResponse):
                continue
            elif not isinstance(event, h11.Data | h11.EndOfMessage):
                return
            await write_out(self._near[1], self._inner.send(event))
            if isinstance(event, h11.EndOfMessage):
                return


def refusal(status: int, text: bytes) -> bytes:
    """Return a whole answer that says why a request is not carried."""
    reason = http.HTTPStatus(status).phrase.encode()
    head = b"HTTP/1.1 %d %s\r\ncontent-type: text/plain\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
    return head % (status, reason, len(text)) + text


async def next_event(connection: "h11.Connection", reader: asyncio.StreamReader) -> object:
    """Read until there is an event of HTTP."""
    while (event := connection.next_event()) is h11.NEED_DATA:
        connection.receive_data(await reader.read(_CHUNK))
    return event


async def write_out(writer: asyncio.StreamWriter, data: bytes | None) -> None:
    """Write, and wait while the other side is slow."""
    if data:
        writer.write(data)
        await writer.drain()
