"""WebSocket endpoints: what a handler returns is sent; what clients send is read and dropped.

    @socket("/v1/things/{id:str}/stream")
    async def stream(call: Call, id: str, query: After) -> Frames: ...

Before the connection is upgraded, errors are answered as on every other route, in the face's words. Then the frames go
out one by one, as text. Close codes are those of RFC 6455 7.4 and of the face (`Closed`): 1001 when the server stops,
1009 for a message from the client that is too long, 1013 for a client that does not read.

The server's interface has no protocol pings (ADR 0121); a client that is gone shows when something is sent to it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar

import structlog
from starlette.responses import Response
from starlette.websockets import WebSocket

from asterism.asgi.call import Call
from asterism.asgi.query import Dialect, QueryReader
from asterism.asgi.router import Meeting, refuse
from asterism.asgi.signature import Signature, read_signature
from asterism.base.errors import DomainError

log = structlog.get_logger("asterism.http")

NORMAL, GOING_AWAY, TOO_BIG, FAILED, TRY_LATER = 1000, 1001, 1009, 1011, 1013
MOST_BYTES, MOST_FRAMES = 8 * 1024 * 1024, 4000
PACED_BYTES, PACED_FRAMES = 1024 * 1024, 256  # so much of what is told again lies ready to be sent
LONGEST_MESSAGE = 64 * 1024
CLOSING_SECONDS = 2.0

C = TypeVar("C", bound=Call[Any], covariant=True)


class Frame(NamedTuple):
    """One text frame. A `live` one has to find its client reading; others wait for it."""

    data: bytes
    live: bool


class Closed(Exception):
    """Ends a connection with a code; raised where frames are made."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Frames:
    """What a handler returns: frames, after the last of which the connection is closed with 1000.

    `beside` yields what comes by the clock and goes between them; it runs until the frames end.
    """

    frames: AsyncGenerator[Frame, None]
    beside: AsyncGenerator[Frame, None] | None = None


class Sockets:
    """The open connections of a server."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self._open: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        """Return how many are open."""
        return len(self._open)

    async def stop(self) -> None:
        """Close them all with 1001."""
        self.stopping.set()
        if self._open:
            await asyncio.wait(self._open, timeout=CLOSING_SECONDS * 2)

    async def serve(self, socket: WebSocket, made: Frames) -> None:
        """Upgrade a connection and send frames over it, until one side ends."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._open.add(task)
        try:
            await socket.accept()
            async with aclosing(made.frames), aclosing(made.beside) if made.beside else nullcontext():
                await _Sending(socket, made, self.stopping).run()
        finally:
            self._open.discard(task)


class _Sending:
    """One connection: what is to be sent waits in a queue, which what is told again fills only so far."""

    def __init__(self, socket: WebSocket, made: Frames, stopping: asyncio.Event) -> None:
        self._socket, self._made, self._stopping = socket, made, stopping
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._filled, self._sent = asyncio.Event(), asyncio.Event()
        self._ending: int | None = None

    async def run(self) -> None:
        """Send until the frames end, the client leaves or does not read, or the server stops."""
        jobs = [self._fill(self._made.frames), self._send(), self._listen(), self._until_stopping()]
        if self._made.beside is not None:
            jobs.append(self._fill(self._made.beside))
        tasks = {asyncio.create_task(job) for job in jobs}
        try:
            code = await self._first_end(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if code is not None:
            with suppress(Exception):  # the client is gone or reads nothing; the connection is dropped
                async with asyncio.timeout(CLOSING_SECONDS):
                    await self._socket.send({"type": "websocket.close", "code": code, "reason": ""})

    async def _first_end(self, tasks: set["asyncio.Task[int | None]"]) -> int | None:
        """Return the code to close with when the first part has ended; None when the client has left."""
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        task = next(iter(done))
        error = task.exception()
        if error is None:
            return task.result()
        if isinstance(error, Closed):
            return error.code
        if not isinstance(error, DomainError):
            log.error("socket failed", error=type(error).__name__, exc_info=error)
        return FAILED

    async def _fill(self, frames: AsyncGenerator[Frame, None]) -> int | None:
        async for frame in frames:
            if not frame.live:
                await self._room()
            elif self._bytes + len(frame.data) > MOST_BYTES or len(self._queue) >= MOST_FRAMES:
                return TRY_LATER
            self._queue.append(frame.data)
            self._bytes += len(frame.data)
            self._filled.set()
        while self._queue:
            await self._after_sending()
        return NORMAL

    async def _room(self) -> None:
        while self._bytes > PACED_BYTES or len(self._queue) > PACED_FRAMES:
            await self._after_sending()

    async def _after_sending(self) -> None:
        self._sent.clear()
        await self._sent.wait()

    async def _send(self) -> int | None:
        while True:
            while not self._queue:
                self._filled.clear()
                await self._filled.wait()
            data = self._queue[0]
            try:
                await self._socket.send({"type": "websocket.send", "text": data.decode(), "bytes": None})
            except Exception:  # noqa: BLE001 - however the server words it: the connection is gone
                return None
            self._queue.popleft()
            self._bytes -= len(data)
            self._sent.set()

    async def _listen(self) -> int | None:
        """Read and drop what the client sends."""
        while True:
            message: Mapping[str, Any] = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return None
            if len((message.get("text") or "").encode()) + len(message.get("bytes") or b"") > LONGEST_MESSAGE:
                return TOO_BIG

    async def _until_stopping(self) -> int | None:
        await self._stopping.wait()
        return GOING_AWAY


class SocketFace(Protocol[C]):
    """How one API knows who opens a connection, and words its errors."""

    dialect: Dialect

    async def meet(self, endpoint: "SocketEndpoint", socket: WebSocket) -> C:
        """Find out who opens a connection. Raises a DomainError."""
        ...

    def sockets(self, socket: WebSocket) -> Sockets:
        """Return the open connections of the server."""
        ...

    def refusal(self, error: Exception, socket: WebSocket) -> Response:
        """Word an error as an answer of HTTP."""
        ...


@dataclass(frozen=True, eq=False)
class SocketEndpoint:
    """A handler that answers with frames. Made by the decorators of the faces; `rules` are the face's own options."""

    path: str
    func: Callable[..., Any]
    rules: Any
    method: ClassVar[str] = "GET"

    @cached_property
    def signature(self) -> Signature:
        """What the handler declares."""
        return read_signature(self.func)

    def meeting(self, face: SocketFace[Any]) -> Meeting:
        """Return what serves a connection through this endpoint."""
        query = self.signature.query
        reader = None if query is None else QueryReader(query, face.dialect)

        async def meet(socket: WebSocket) -> None:
            try:
                call = await face.meet(self, socket)
                arguments: dict[str, Any] = {name: str(value) for name, value in socket.path_params.items()}
                if reader is not None:
                    values = dict(socket.query_params.multi_items())
                    arguments["query"] = reader.read(values, socket.query_params.getlist)
                made: Frames = await self.func(call, **arguments)
            except Exception as error:  # noqa: BLE001 - the face words it, bugs included
                await refuse(socket, face.refusal(error, socket))
                return
            await face.sockets(socket).serve(socket, made)

        return meet


def sockets_of(modules: Any) -> list[SocketEndpoint]:
    """Return the WebSocket endpoints that are defined in the given modules."""
    return [value for module in modules for value in vars(module).values() if isinstance(value, SocketEndpoint)]
