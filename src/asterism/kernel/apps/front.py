"""One address for one app after another: connections are carried to the app of the moment, request by request.

A kept connection goes over to a newer app between two requests; what an older app has begun to answer, it ends. The
front reads no HTTP but for two marks: `100 Continue` is no answer yet, and what was switched to another protocol stays
where it is.
"""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

_PIECE: Final = 1 << 16
QUIET_SECONDS: Final = 1.0  # after so long without a byte from the app an answer counts as whole
_DOWN: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain\r\ncontent-length: 24\r\n"
    b"retry-after: 2\r\nconnection: close\r\n\r\nThe app does not answer."
)


class Front:
    """Listens on a port of `address`; `switch` says which app answers: a Unix socket, or nobody."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.port = 0
        self.target: Path | None = None
        self._server: asyncio.Server | None = None
        self._carried: set[_Connection] = set()

    async def start(self, port: int = 0) -> int:
        """Listen on a port, on any when that one is taken; return it. Raises OSError when there is none at all."""
        try:
            self._server = await asyncio.start_server(self._connected, self.address, port)
        except OSError:
            if port == 0:
                raise
            self._server = await asyncio.start_server(self._connected, self.address, 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self.port

    def switch(self, target: Path | None) -> None:
        """Carry every request from now on to another app."""
        self.target = target

    async def drained(self, target: Path, seconds: float) -> None:
        """Return when an app answers nothing any more, or after so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    if not any(one.busy_at(target) for one in self._carried):
                        return
                    await asyncio.sleep(QUIET_SECONDS / 4)

    async def close(self) -> None:
        """Stop listening and cut every connection."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._carried):
            connection.cut()
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _Connection(reader, writer, lambda: self.target)
        self._carried.add(connection)
        try:
            await connection.carry()
        finally:
            self._carried.discard(connection)


class _Connection:
    """A client's connection, and the app that it is carried to at the moment."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: Callable[[], Path | None]
    ) -> None:
        self._reader, self._writer, self._target = reader, writer, target
        self._app: asyncio.StreamWriter | None = None
        self._at: Path | None = None
        self._answers: asyncio.Task[None] | None = None
        self._asking = self._tunnel = False
        self._heard = 0.0

    def busy_at(self, target: Path) -> bool:
        """Whether an app still answers here."""
        if self._at != target or self._app is None:
            return False
        return self._asking or asyncio.get_running_loop().time() - self._heard < QUIET_SECONDS

    def cut(self) -> None:
        """End it at once."""
        self._writer.transport.abort()

    async def carry(self) -> None:
        """Carry what the client says to the app of the moment, until one of them goes."""
        try:
            while data := await self._reader.read(_PIECE):
                if not self._asking and not self._tunnel and self._at != self._target():
                    await self._leave()
                if self._app is None and not await self._reach():
                    self._writer.write(_DOWN)
                    await self._writer.drain()
                    return
                self._asking = True
                if self._app is not None:
                    self._app.write(data)
                    await self._app.drain()
        except OSError:
            return
        finally:
            await self._end()

    async def _reach(self) -> bool:
        target = self._target()
        if target is None:
            return False
        try:
            answers, app = await asyncio.open_unix_connection(str(target))
        except OSError:
            return False
        self._app, self._at = app, target
        self._answers = asyncio.create_task(self._answer(answers, app, target))
        return True

    async def _answer(self, answers: asyncio.StreamReader, app: asyncio.StreamWriter, target: Path) -> None:
        with contextlib.suppress(OSError):
            while data := await answers.read(_PIECE):
                self._heard = asyncio.get_running_loop().time()
                if not self._tunnel and data.startswith(b"HTTP/1.1 101"):
                    self._tunnel = True
                if not data.startswith(b"HTTP/1.1 100"):
                    self._asking = False
                self._writer.write(data)
                await self._writer.drain()
        self._app = None
        await _close(app)
        if self._asking or self._tunnel or target == self._target() or self._recently():
            self._writer.close()  # the end of a connection may be the end of an answer

    def _recently(self) -> bool:
        return asyncio.get_running_loop().time() - self._heard < QUIET_SECONDS

    async def _leave(self) -> None:
        """Let go of the app that answered so far."""
        answers, app = self._answers, self._app
        self._app = self._answers = self._at = None
        if answers is not None:
            answers.cancel()
            await asyncio.wait({answers})
        if app is not None:
            await _close(app)

    async def _end(self) -> None:
        answers, app = self._answers, self._app
        if app is not None and app.can_write_eof():
            with contextlib.suppress(OSError):
                app.write_eof()  # the client said all; the app may still answer
        if answers is not None:
            await asyncio.wait({answers})
        await self._leave()
        await _close(self._writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
