"""The program at the inner end of a lasting sandbox: starts other programs there, and carries connections in and out.

It runs on the bare standard library (`python -I -S inside.py`), reads one JSON object per line from standard input and
writes such lines to standard output (`session.py` speaks the other end). The first line is the place: `doors` maps
ports of 127.0.0.1 inside to Unix sockets that lead out, `entry` is `[descriptor, port]` of a socket that leads in. Then
`{"run": id, "argv", "cwd", "env", "seconds", "output", "memory"}` starts a program and `{"kill": id}` ends it; told are
`ready`, `out` (base64), `end` with its status, and `over` when everything together passed a bound.
Whoever works in the sandbox can tamper with this process: the other end believes nothing it says.
"""

import asyncio
import base64
import contextlib
import ctypes
import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

CHUNK = 1 << 16
"""Bytes of output after which a program is ended, however little of it is kept."""
TICK, CALM_TICK = 0.2, 1.0
"""Seconds between two looks at everything that runs, and while it is far from every bound."""
CALM = 1 / 8
LARGEST_FILE = 2 << 30
PR_SET_CHILD_SUBREAPER = 36


def tell(**message: object) -> None:
    """Write a line to the other end."""
    data = memoryview(json.dumps(message).encode() + b"\n")
    while data:
        data = data[os.write(1, data) :]


class Program:
    """A program that runs, with its output."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.id, self._room, self._count = order["run"], order["output"], 0
        self._flood: int | None = order["flood"]
        self._why = "exited"
        reading, writing = os.pipe()
        bounds = order["polite"], order["memory"], order["processes"]
        try:
            self.process = subprocess.Popen(
                order["argv"],
                cwd=order["cwd"],
                env=order["env"],
                stdin=subprocess.DEVNULL,
                stdout=writing,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: _bound(*bounds),  # noqa: PLW1509 - there are no threads here
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._output = reading
        os.set_blocking(reading, False)
        self._ended, self._silent = asyncio.Event(), asyncio.Event()
        asyncio.get_running_loop().add_reader(reading, self._take)

    def look(self) -> None:
        """Note that it has ended, when it has."""
        if self.process.poll() is not None:
            self._ended.set()

    async def watch(self, seconds: float | None) -> None:
        """Wait until it has ended, tell how, and let go of its output."""
        try:
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        except TimeoutError:
            self.kill("timed_out")
            await self._ended.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.3):  # children in the background may hold it open for ever
                await self._silent.wait()
        tell(end=self.id, status=self.process.returncode, why=self._why, bytes=self._count)
        self._room = 0

    def kill(self, why: str) -> None:
        """End the program with its process group."""
        if self.process.returncode is not None:
            return  # its group's id may be another's by now
        if self._why == "exited":
            self._why = why
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def _take(self) -> None:
        try:
            data = os.read(self._output, CHUNK)
        except BlockingIOError:
            return
        if not data:
            asyncio.get_running_loop().remove_reader(self._output)
            os.close(self._output)
            self._silent.set()
            return
        self._count += len(data)
        if data[: self._room]:
            tell(out=self.id, data=base64.b64encode(data[: self._room]).decode())
            self._room -= len(data[: self._room])
        if self._flood is not None and self._count > self._flood:
            self.kill("too_much_output")


def _bound(polite: bool, memory: int | None, processes: int | None) -> None:
    """Bound the program about to start; a polite one gives way to everybody else on the machine."""
    os.nice(5 if polite else 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    if processes is not None and hasattr(resource, "RLIMIT_NPROC"):
        resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))


class Everybody:
    """All processes of the sandbox, this one excepted: how many, how large, and their end."""

    def __init__(self, *, own_namespace: bool) -> None:
        self._own_namespace = own_namespace

    def used(self, processes: int, memory: int) -> dict[str, float]:
        """Return which share of each bound all together use."""
        found = list(self._pids())
        return {"processes": len(found) / processes, "memory": sum(map(_resident, found)) / memory}

    def end(self) -> None:
        """Kill them until none is left: one that forks meanwhile is met again."""
        for _ in range(200):
            found = list(self._pids())
            for pid in found:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            self.reap()
            if not found:
                return

    def reap(self, mine: frozenset[int] = frozenset()) -> None:
        """Reap orphans that became children of this process; `mine` are waited for elsewhere."""
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and found.si_pid not in mine:
                os.waitpid(found.si_pid, os.WNOHANG)

    def _pids(self) -> Iterator[int]:
        """Yield processes: in a namespace of our own every one, else the descendants of this one."""
        parents = dict(_parents())
        me = os.getpid()
        if self._own_namespace:
            yield from (pid for pid in parents if pid not in (1, me))
            return
        family = {me}
        while more := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= more
        yield from family - {me}


def _parents() -> Iterator[tuple[int, int]]:
    """Yield every living process with its parent; nothing on systems without /proc."""
    with contextlib.suppress(FileNotFoundError):
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError, IndexError, ValueError), open(f"/proc/{name}/stat", "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
                    if fields[0] not in (b"Z", b"X"):
                        yield int(name), int(fields[1])


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError, IndexError, ValueError), open(f"/proc/{pid}/statm", "rb") as file:
        fields = file.read().split()
        return (int(fields[1]) - int(fields[2])) * resource.getpagesize()
    return 0


async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, path: str = "", port: int = 0) -> None:
    """Carry a connection on to a socket of the file system, or to a port of 127.0.0.1."""
    try:
        opening = asyncio.open_unix_connection(path) if path else asyncio.open_connection("127.0.0.1", port)
        far_reader, far_writer = await opening
    except OSError:
        writer.transport.abort()
        return
    await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer), return_exceptions=True)
    for one in (writer, far_writer):
        one.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


class Inside:
    """Obeys the other end until it is gone."""

    def __init__(self, place: dict[str, Any]) -> None:
        self._place = place
        self._programs: dict[str, Program] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._everybody = Everybody(own_namespace=place["own_namespace"])

    async def serve(self, orders: asyncio.StreamReader) -> None:
        """Open the doors, then follow orders to their end; then end everything."""
        for port, path in self._place["doors"].items():
            await asyncio.start_server(partial(relay, path=path), "127.0.0.1", int(port))
        if self._place["entry"] is not None:
            descriptor, port = self._place["entry"]
            listening = socket.socket(fileno=descriptor)
            await asyncio.start_unix_server(partial(relay, port=port), sock=listening)
        asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, self._look)
        self._keep(self._watch())
        tell(ready=True)
        while line := await orders.readline():
            self._follow(json.loads(line))
        self._everybody.end()

    def _follow(self, order: dict[str, Any]) -> None:
        if "kill" in order:
            if program := self._programs.get(order["kill"]):
                program.kill("cancelled")
            return
        try:
            program = Program(order)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            tell(end=order["run"], status=127, why="missing", problem=getattr(error, "strerror", None) or str(error))
            return
        self._programs[program.id] = program
        self._keep(self._run(program, order["seconds"]))

    def _look(self) -> None:
        for program in list(self._programs.values()):
            program.look()

    async def _run(self, program: Program, seconds: float | None) -> None:
        try:
            await program.watch(seconds)
        finally:
            del self._programs[program.id]

    async def _watch(self) -> None:
        """Look at everything that runs, and end it all when it is too much."""
        pause = TICK
        while True:
            await asyncio.sleep(pause)
            if not self._place["own_namespace"]:
                self._everybody.reap(frozenset(program.process.pid for program in self._programs.values()))
            used = self._everybody.used(self._place["processes"], self._place["memory"])
            for bound, share in used.items():
                if share > 1:
                    tell(over=bound)
                    self._everybody.end()
                    os._exit(3)
            pause = TICK if max(used.values()) > CALM else CALM_TICK

    def _keep(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _adopt() -> None:
    """Become the parent of every orphan below (Linux)."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


async def main() -> None:
    """Read the place and serve it."""
    orders = asyncio.StreamReader(limit=16 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    place = json.loads(await orders.readline())
    if not place["own_namespace"]:
        _adopt()
    await Inside(place).serve(orders)


if __name__ == "__main__":
    asyncio.run(main())
    os._exit(0)
