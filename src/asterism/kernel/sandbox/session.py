"""A lasting sandbox: programs come and go on one working copy, background ones included, and all of them end with it.

The inner end is `inside.py`; what it says is believed no more than any program of the sandbox would be.
"""

import asyncio
import base64
import contextlib
import json
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

import structlog

from asterism.kernel.sandbox import inside
from asterism.kernel.sandbox.bubblewrap import (
    CONFIGURATION,
    PROGRAM,
    SYSTEM,
    bubblewrap_problem,
    find_bubblewrap,
    system_folder,
    wait_for_namespace,
)
from asterism.kernel.sandbox.errors import SandboxUnavailable
from asterism.kernel.sandbox.process import Ending, Outcome, absolute_path

log = structlog.get_logger(__name__)

GIB = 1 << 30
Isolation: TypeAlias = Literal["auto", "bubblewrap", "plain"]
TREE = "/tree"
HOME = "/tmp/home"  # noqa: S108 - a fresh tmpfs inside the sandbox, not the machine's /tmp
_RUN = "/run/asterism"
_LINE = 1 << 20
_STARTS_WITHIN = 30.0
_ENDS_WITHIN = 4.0
_OVER = {
    "processes": "The agent's programs were ended: there were too many of them at once.",
    "memory": "The agent's programs were ended: together they took too much memory.",
}


class SessionLost(Exception):
    """The sandbox has ended with everything in it; the text says why, for people."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a session sees, and its bounds.

    `folder` is the working copy, writable. `readable` and `writable` are further files and folders at their own places,
    `hidden` ones that stay out of sight although they lie in the system, `masked` folders of the working copy that look
    empty. `doors` are ports of 127.0.0.1 inside that
    lead to sockets of the file system outside; `entry` is a port inside that is reached through `Session.entry`.
    `processes` and `memory` (bytes in use) bound everything together.
    """

    folder: Path
    readable: tuple[Path, ...] = ()
    hidden: tuple[Path, ...] = ()
    masked: tuple[str, ...] = ()
    doors: Mapping[int, Path] = field(default_factory=dict)
    entry: int | None = None
    processes: int = 512
    memory: int = 6 * GIB
    writable: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One program of a session: `cwd` and paths in `argv` as they are inside.

    The environment is a bare one (`Session.environment`) and `environment`. `output` are the bytes that are kept,
    standard error among them; a program that says more than `flood` dies; without that bound all is heard and
    nothing is kept. `seconds` None: as long as the session.
    A `polite` program gives way to everybody else on the machine.
    """

    argv: tuple[str, ...]
    cwd: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    seconds: float | None = 60.0
    output: int = 1 << 20
    flood: int | None = 64 << 20
    memory: int | None = 4 * GIB
    polite: bool = True


def isolation_problem(wanted: Isolation) -> str | None:
    """Say why agents cannot be isolated as wanted; None when they can, or when plain processes are allowed."""
    return None if wanted == "plain" else bubblewrap_problem()


@asynccontextmanager
async def open_session(wanted: Isolation, place: Place) -> AsyncIterator["Session"]:
    """Open a session; when the block is left all its processes are gone.

    `auto` is bubblewrap, and nothing else: plain processes must be asked for. Raises SandboxUnavailable.
    """
    problem = isolation_problem(wanted)
    if problem is not None:
        raise SandboxUnavailable(
            f"There is no sandbox for the agent: {problem}",
            hint="Install bubblewrap, or set ASTERISM_SANDBOX=plain to run agents without isolation.",
        )
    with tempfile.TemporaryDirectory(prefix="asterism-agent-") as scratch:
        session = Session(place, Path(scratch), isolates=wanted != "plain")
        try:
            await session.start()
            yield session
        finally:
            await session.close()


class Session:
    """A sandbox that is open. `tree` and `home` are how the working copy and the home folder are called inside."""

    def __init__(self, place: Place, scratch: Path, *, isolates: bool) -> None:
        self.isolates = isolates
        self._place, self._scratch = place, scratch
        self.tree = TREE if isolates else str(place.folder)
        self.home = HOME if isolates else str(scratch / "home")
        self.entry = scratch / "entry.sock"
        self._told = scratch / "bubblewrap.json"
        self._process: asyncio.subprocess.Process | None = None
        self._pipe: asyncio.ReadTransport | None = None
        self._listening: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._running: dict[str, _Running] = {}
        self._number = 0
        self._lost: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The bare environment that every program has."""
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        path = path if self.isolates else absolute_path(os.environ.get("PATH"))
        return {
            "PATH": path,
            "HOME": self.home,
            "TMPDIR": "/tmp" if self.isolates else self.home,  # noqa: S108
            "LC_ALL": "C.UTF-8",
            "USER": "agent",
            "SHELL": "/bin/sh",
        }

    async def start(self) -> None:
        """Start the inner end. Raises SandboxUnavailable when it does not come up."""
        (self._scratch / "home").mkdir()
        entry = self._entry()
        descriptor = None if entry is None else entry.fileno()
        inner = [_interpreter(), "-I", "-S", f"{_RUN}/inside.py" if self.isolates else inside.__file__]
        reading, writing = os.pipe()
        telling = os.open(self._told, os.O_WRONLY | os.O_CREAT, 0o600)
        outer = [find_bubblewrap() or PROGRAM, "--info-fd", str(telling), *self._bubblewrap(), "--"]
        reader = await self._read(reading)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(outer if self.isolates else ()),
                *inner,
                cwd="/" if self.isolates else self._place.folder,
                env={"PATH": os.defpath},
                stdin=asyncio.subprocess.PIPE,
                stdout=writing,
                stderr=asyncio.subprocess.DEVNULL,
                pass_fds=(telling,) if descriptor is None else (telling, descriptor),
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxUnavailable(f"The sandbox could not be started: {error.strerror}.") from error
        finally:
            os.close(writing)
            os.close(telling)
            if entry is not None:
                entry.close()
        self._send(self._described(descriptor))
        self._listening = asyncio.create_task(self._listen(reader))
        try:
            async with asyncio.timeout(_STARTS_WITHIN):
                await asyncio.shield(self._ready)
        except (TimeoutError, SessionLost) as error:
            raise SandboxUnavailable("The sandbox did not start.", hint="See whether `bwrap` works here.") from error

    async def run(self, wanted: Run, heard: Callable[[bytes], None] | None = None) -> Outcome:
        """Run a program to its end; `heard` is given its output as it comes. Cancelling kills it.

        A program that cannot be started has status 127 and says why on standard error. Raises SessionLost.
        """
        if self._lost is not None:
            raise SessionLost(self._lost)
        self._number += 1
        number = str(self._number)
        running = self._running[number] = _Running(wanted.output if wanted.flood else 0, heard)
        began = asyncio.get_running_loop().time()
        self._send(
            {
                "run": number,
                "argv": list(wanted.argv),
                "cwd": wanted.cwd or self.tree,
                "env": self.environment | dict(wanted.environment),
                "seconds": wanted.seconds,
                "output": wanted.output,
                "flood": wanted.flood,
                "memory": wanted.memory,
                "polite": wanted.polite,
                "processes": self._place.processes if self.isolates else None,
            }
        )
        try:
            ending, status, problem = await running.end
        except asyncio.CancelledError:
            self._send({"kill": number})
            raise
        finally:
            del self._running[number]
        seconds = asyncio.get_running_loop().time() - began
        return Outcome(ending, status, bytes(running.kept), problem, round(seconds, 6))

    async def _read(self, descriptor: int) -> asyncio.StreamReader:
        """Return what reads a pipe of ours. It is closed with the session, even while some process still holds it."""
        reader = asyncio.StreamReader(limit=_LINE)
        self._pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb")
        )
        return reader

    async def close(self) -> None:
        """End every process."""
        self._lose("The sandbox is closed.")
        if self._pipe is not None:
            try:
                await self._end()
            finally:
                self._pipe.close()

    async def _end(self) -> None:
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        if not self.isolates:  # who ends bubblewrap ends its namespace; here the inner end has to do it
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ENDS_WITHIN):
                    await process.wait()
        await wait_for_namespace(self._told, partial(_kill, process), _ENDS_WITHIN)
        await process.wait()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait({self._listening})

    def _send(self, order: Mapping[str, object]) -> None:
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(json.dumps(order).encode() + b"\n")

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Follow what the inner end tells, until it is gone."""
        why = "The agent's sandbox ended unexpectedly."
        try:
            while line := await reader.readline():
                told = json.loads(line)
                if "over" in told:
                    why = _OVER.get(str(told["over"]), why)
                else:
                    self._hear(told)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            log.warning("sandbox.garbled")
        self._lose(why)

    def _hear(self, told: dict[str, Any]) -> None:
        if "ready" in told and not self._ready.done():
            self._ready.set_result(None)
        elif "out" in told and (running := self._running.get(told["out"])):
            running.take(base64.b64decode(told["data"]))
        elif "end" in told and (running := self._running.get(told["end"])) and not running.end.done():
            why = told["why"]
            ending = Ending(why) if why != "missing" else Ending.EXITED
            running.end.set_result((ending, int(told["status"]), str(told.get("problem") or "")[:500].encode()))

    def _lose(self, why: str) -> None:
        if self._lost is None:
            self._lost = why
        waiting: list[asyncio.Future[Any]] = [self._ready, *(running.end for running in self._running.values())]
        for future in waiting:
            if not future.done():
                future.set_exception(SessionLost(self._lost))
                future.exception()  # nobody may be waiting

    def _entry(self) -> socket.socket | None:
        if self._place.entry is None:
            return None
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(str(self.entry))
        listening.listen(64)
        return listening

    def _described(self, descriptor: int | None) -> dict[str, object]:
        doors = {
            port: f"{_RUN}/{port}.sock" if self.isolates else str(path) for port, path in self._place.doors.items()
        }
        return {
            "own_namespace": self.isolates,
            "doors": doors,
            "entry": None if descriptor is None else [descriptor, self._place.entry],
            "processes": self._place.processes,
            "memory": self._place.memory,
        }

    def _bubblewrap(self) -> Iterator[str]:
        """Yield the arguments of bubblewrap. No secret is among them: every local process can read them."""
        yield from ("--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL")
        for folder in SYSTEM:
            yield from system_folder(folder)
        for file in CONFIGURATION:
            yield from ("--ro-bind-try", file, file)
        yield from ("--proc", "/proc", "--dev", "/dev", "--size", str(GIB), "--tmpfs", "/tmp", "--dir", HOME)  # noqa: S108
        for path in self._place.hidden:
            if _covers(path):
                yield from ("--tmpfs", str(path))
        for path in (Path(sys.base_prefix), *self._place.readable):
            if path.parts[:2] != ("/", "usr"):
                yield from ("--ro-bind-try", str(path), str(path))
        for path in self._place.writable:
            yield from ("--bind-try", str(path), str(path))
        for name, text in _ETC.items():
            (self._scratch / name).write_text(text)
            yield from ("--ro-bind", str(self._scratch / name), f"/etc/{name}")
        yield from ("--ro-bind", inside.__file__, f"{_RUN}/inside.py")
        for port, path in self._place.doors.items():
            yield from ("--bind", str(path), f"{_RUN}/{port}.sock")
        yield from ("--bind", str(self._place.folder), TREE, "--chdir", TREE)
        for name in self._place.masked:
            yield from ("--tmpfs", f"{TREE}/{name}")
        yield from ("--setenv", "PATH", os.defpath, "--remount-ro", "/")


_ETC = {
    "passwd": f"root:x:0:0:agent:{HOME}:/bin/sh\n",
    "group": "root:x:0:\n",
    "hosts": "127.0.0.1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()


def _covers(path: Path) -> bool:
    """Whether a hidden folder lies in what is shown of the system."""
    return any(path.is_relative_to(folder) for folder in (*SYSTEM, sys.base_prefix))


def _interpreter() -> str:
    """Return a Python that runs without a virtual environment."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable or shutil.which("python3") or "")


class _Running:
    """What the outer end keeps of a program."""

    def __init__(self, room: int, heard: Callable[[bytes], None] | None) -> None:
        self.kept = bytearray()
        self.end: asyncio.Future[tuple[Ending, int, bytes]] = asyncio.get_running_loop().create_future()
        self._room, self._heard = room, heard

    def take(self, data: bytes) -> None:
        self.kept += data[: self._room - len(self.kept)]
        if data and self._heard is not None:
            self._heard(data)
