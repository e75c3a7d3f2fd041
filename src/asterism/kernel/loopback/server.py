"""A server on a loopback port: its connections, and its end."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self, TypeVar

from asterism.kernel.loopback.http import HttpRequest, read_request


class LoopbackServer:
    """Serves on a loopback port until closed; a subclass answers requests one after the other on each connection."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host, self.port = host, port
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://{self._host}:{self.port}"

    async def serve(self, request: HttpRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request; closing the writer ends the connection."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        """Start serving. Raises OSError when the port is taken."""
        self._server = await asyncio.start_server(self._connected, self._host, self.port, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop serving and drop every connection."""
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a connection is always handled by a task
        self._connections.add(task)
        try:
            while (request := await read_request(reader)) is not None:
                await self.serve(request, reader, writer)
                if writer.is_closing():
                    break
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.transport.abort()


S = TypeVar("S", bound=LoopbackServer)


@contextmanager
def in_thread(server: S) -> Iterator[S]:
    """Serve from a thread with an event loop of its own, for callers that block."""
    started = threading.Event()
    stop: list[Callable[[], object]] = []

    async def main() -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with server:
            stop.append(lambda: loop.call_soon_threadsafe(ended.set))
            started.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(main()), name=type(server).__name__, daemon=True)
    thread.start()
    started.wait(10)
    try:
        yield server
    finally:
        for ask in stop:
            ask()
        thread.join(10)
