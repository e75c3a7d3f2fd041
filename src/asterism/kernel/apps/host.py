"""Starting, watching and replacing apps."""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from asterism.kernel.apps import static_server
from asterism.kernel.apps.front import Front
from asterism.kernel.background import Tasks
from asterism.kernel.sandbox import (
    Isolation,
    Place,
    Reach,
    Run,
    SandboxUnavailable,
    Session,
    SessionLost,
    open_passage,
    open_session,
)

PORT: Final = 8080  # inside a sandbox every app has the network for itself
ENDLESS: Final = 1 << 62  # bytes: nobody keeps what a running app says but its log, which is bounded
STARTS, WITHIN_SECONDS = 5, 600.0
DRAIN_SECONDS = 30.0
_PROBE_SECONDS = 2.0
_PAUSE_SECONDS = 0.05
Said = Callable[[bytes], None]


class AppFailed(Exception):
    """An app did not come up; the text is for people."""


@dataclass(frozen=True, slots=True)
class App:
    """An app to run: `command` is a text for a shell in `folder`; without one the folder's files are served.

    `served` is the part of the folder that is served then. `path` are folders that come first on the app's PATH, as
    they are outside; `readable` are further ones that it sees, `writable` that it may write to. `servers` are what
    ports of 127.0.0.1 lead to inside a sandbox, which has no other network: host and port. `hosts` are reached
    by HTTP there, through the proxy that the usual variables name.
    """

    folder: Path
    command: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    served: str = "."
    workdir: str = "."
    path: tuple[str, ...] = ()
    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    servers: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()


class AppHost:
    """Runs one app per slot, on ports of `address`. `start_seconds` is how long an app may take until it listens."""

    def __init__(
        self, *, isolation: Isolation = "auto", address: str = "127.0.0.1", start_seconds: float = 60.0
    ) -> None:
        self._isolation: Isolation = isolation
        self._address, self._start_seconds = address, start_seconds
        self._fronts: dict[str, Front] = {}
        self._running: dict[str, _Instance] = {}
        self._leaving = Tasks()
        self._old: set[_Instance] = set()

    async def put(self, slot: str, app: App, said: Said, *, port: int = 0) -> int:
        """Start an app and let it answer in the place of what ran in the slot; return the port of its address.

        `port` is the one to have, where it is free. The older app goes on until the newer one listens; when that fails,
        it stays. Raises AppFailed or SandboxUnavailable.
        """
        instance = _Instance(app, self._isolation, said)
        try:
            await instance.start(self._start_seconds)
            front = await self._front(slot, port)
        except BaseException:
            await instance.stop()
            raise
        old = self._running.get(slot)
        self._running[slot] = instance
        instance.moved = front.switch
        front.switch(instance.entry)
        if old is not None:
            self._old.add(old)
            self._leaving.spawn(self._retire(front, old))
        return front.port

    async def stop(self, slot: str) -> None:
        """End the app of a slot, its processes and its address."""
        front, instance = self._fronts.pop(slot, None), self._running.pop(slot, None)
        if front is not None:
            front.switch(None)
            await front.close()
        if instance is not None:
            await instance.stop()

    def slots(self) -> set[str]:
        """Return the slots that have an app, up or not."""
        return set(self._running)

    def runs(self, slot: str) -> bool:
        """Whether the app of a slot is up."""
        return slot in self._running and self._running[slot].entry is not None

    async def close(self) -> None:
        """End every app."""
        await asyncio.gather(*(self.stop(slot) for slot in list(self._fronts)))
        await self._leaving.cancel()
        await asyncio.gather(*(old.stop() for old in self._old))

    async def _front(self, slot: str, port: int) -> Front:
        front = self._fronts.get(slot)
        if front is None:
            front = self._fronts[slot] = Front(self._address)
            try:
                await front.start(port)
            except OSError as error:
                del self._fronts[slot]
                raise AppFailed(f"No port is free on {self._address}.") from error
        return front

    async def _retire(self, front: Front, old: "_Instance") -> None:
        try:
            if old.entry is not None:
                await front.drained(old.entry, DRAIN_SECONDS)
        finally:
            await old.stop()
        self._old.discard(old)


class _Instance:
    """One app in its sandbox, started again when it ends by itself."""

    def __init__(self, app: App, isolation: Isolation, said: Said) -> None:
        self._app, self._said = app, said
        self._isolation: Isolation = isolation
        self._task: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._stopping = False
        self.entry: Path | None = None
        self.moved: Callable[[Path | None], None] = lambda _: None

    async def start(self, seconds: float) -> None:
        """Return when the app answers. Raises AppFailed when it ends first, or takes too long."""
        self._task = asyncio.create_task(self._keep())
        up = asyncio.create_task(self._up.wait())
        done, _ = await asyncio.wait({up, self._task}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if self._task in done:
            self._task.result()
        elif not done:
            raise AppFailed(f"The app did not listen on the port in PORT within {seconds:g} seconds.")

    async def stop(self) -> None:
        """End it with everything that it started; whoever comes second waits for that too."""
        if self._task is not None:
            if not self._stopping:
                self._stopping = True
                self._task.cancel()
            await asyncio.wait({self._task})

    async def _keep(self) -> None:
        starts: deque[float] = deque(maxlen=STARTS + 1)
        clock = asyncio.get_running_loop().time
        while True:
            starts.append(clock())
            why = await self._once()
            self.entry = None
            self.moved(None)
            if not self._up.is_set():
                raise AppFailed(why)
            self._said(f"{why}\n".encode())
            if len(starts) > STARTS and clock() - starts[0] < WITHIN_SECONDS:
                self._said(b"It ended too often and is not started again.\n")
                return
            self._said(b"Starting it again.\n")

    async def _once(self) -> str:
        """Run the app until it ends; return how it ended, for people."""
        port = PORT if self._isolation != "plain" else _free_port()
        try:
            async with (
                self._doors() as (doors, proxies),
                open_session(self._isolation, self._place(port, doors)) as session,
            ):
                running = asyncio.create_task(session.run(self._run(session, port, proxies), self._said))
                watching = asyncio.create_task(self._watch(session.entry))
                try:
                    await asyncio.wait({running})
                    return f"The app ended with status {running.result().returncode}."
                finally:
                    for task in (running, watching):
                        task.cancel()
                    await asyncio.wait({running, watching})
        except SessionLost as lost:
            return str(lost)
        except SandboxUnavailable as error:
            raise AppFailed("No sandbox available; allow plain processes in the settings.") from error

    def _place(self, port: int, doors: Mapping[int, Path]) -> Place:
        app = self._app
        readable = (*app.readable, Path(static_server.__file__))
        return Place(app.folder, readable, writable=app.writable, entry=port, doors=doors)

    @contextlib.asynccontextmanager
    async def _doors(self) -> AsyncIterator[tuple[Mapping[int, Path], Mapping[str, str]]]:
        """Open the ways to what the app may reach; yield the doors, and the variables that name the proxy."""
        if self._isolation == "plain":
            yield {}, {}
            return
        async with contextlib.AsyncExitStack() as stack:
            found, proxies = await stack.enter_async_context(Reach(self._app.hosts).doors())
            doors = dict(found)
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="asterism-ways-")))
            for port, (host, far) in self._app.servers.items():
                doors[port] = await stack.enter_async_context(open_passage(folder / f"{port}.sock", host, far))
            yield doors, {**proxies, "NODE_USE_ENV_PROXY": "1"} if proxies else {}

    def _run(self, session: Session, port: int, proxies: Mapping[str, str]) -> Run:
        app = self._app
        environment = {**proxies, **app.environment} | {"PORT": str(port), "HOST": "127.0.0.1"}
        inner = [f"{session.tree}/{folder}" for folder in ("node_modules/.bin", ".venv/bin")]
        environment["PATH"] = os.pathsep.join((*inner, *app.path, session.environment["PATH"]))
        argv: tuple[str, ...] = ("/bin/sh", "-c", app.command or "")
        if app.command is None:
            served = f"{session.tree}/{app.served}"
            argv = (_interpreter(), "-I", "-S", static_server.__file__, served, str(port))
        return Run(argv, f"{session.tree}/{app.workdir}", environment, seconds=None, output=ENDLESS, flood=None)

    async def _watch(self, entry: Path) -> None:
        """Say that the app is up as soon as it answers."""
        while True:
            if await _answers(entry):
                self.entry = entry
                self._up.set()
                self.moved(entry)
                return
            await asyncio.sleep(_PAUSE_SECONDS)


async def _answers(entry: Path) -> bool:
    """Whether something behind a socket accepts a request: it says anything, or thinks about it."""
    try:
        reader, writer = await asyncio.open_unix_connection(str(entry))
    except OSError:
        return False
    try:
        writer.write(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        async with asyncio.timeout(_PROBE_SECONDS):
            return bool(await reader.read(1))
    except TimeoutError:
        return True
    except OSError:
        return False
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _interpreter() -> str:
    """Return a Python that runs without a virtual environment."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
