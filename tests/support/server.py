"""A real server inside the test process: real sockets, a real database, its event loop in a thread of its own."""

import asyncio
import faulthandler
import itertools
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import httpx
import msgspec

from asterism.base.clock import Clock
from asterism.faces.runtime import Runtime
from asterism.features.accounts import identity
from asterism.kernel.jobs import MemoryJobs
from asterism.server.boot import prepare, running
from asterism.server.container import build_runtime
from asterism.server.settings import Settings
from tests.support.contract import CheckedClient

T = TypeVar("T")
_people = itertools.count(1)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class TestServer:
    """A server with the given settings, running between `__enter__` and `__exit__`.

    `alter` may replace parts of the runtime (a scripted model, say) before anything starts.
    """

    __test__ = False

    def __init__(
        self,
        data_dir: Path,
        database_url: str,
        *,
        clock: Clock | None = None,
        alter: Callable[[Runtime], None] | None = None,
        **settings: Any,
    ) -> None:
        base = Settings(data_dir=data_dir, database_url=database_url, port=free_port())
        self.settings = msgspec.structs.replace(base, **settings)
        self.clock = clock
        self.alter = alter
        self.url = f"http://127.0.0.1:{self.settings.port}"
        self._loop = asyncio.new_event_loop()
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._main, daemon=True)

    def __enter__(self) -> "TestServer":
        """Start it and wait until it listens."""
        self._thread.start()
        self._ready.result(60)
        return self

    def __exit__(self, *_: tuple[type[BaseException], BaseException, TracebackType] | None) -> None:
        """Stop it as SIGTERM would."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)
        if self._thread.is_alive():
            faulthandler.dump_traceback()
            for task in asyncio.all_tasks(self._loop):
                task.print_stack()
            raise AssertionError("the server did not stop; what it waits for stands above")

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:
            if not self._ready.done():
                self._ready.set_exception(error)
            raise
        finally:
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        self.rt = build_runtime(self.settings, clock=self.clock)
        self.rt.jobs = MemoryJobs()  # the durable ones are one per process; a test drains these when it wants to
        if self.alter is not None:
            self.alter(self.rt)
        prepare(self.rt, self.settings)
        async with running(self.rt, self.settings):
            self._ready.set_result(None)
            await self._stop.wait()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the server's loop and return its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def person(self, email: str | None = None) -> httpx.Client:
        """Make a user (a new one unless `email` is known) and return a client that carries their token."""
        email = email or f"person{next(_people)}@example.org"
        with self.rt.db.write() as tx:
            try:
                user = identity.add_user(tx, email)
            except identity.UserExists:
                user = identity.find_user(tx, email)
            issued = identity.create_token(tx, user, kind="u", name="test", client="cli", seconds=3600)
        return self.client(issued.text)

    def client(self, token: str | None = None) -> httpx.Client:
        """Return a client of this server, with a bearer token when one is given."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return CheckedClient(base_url=self.url, headers=headers, timeout=30, trust_env=False)
