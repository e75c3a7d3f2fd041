"""Running one program to its end inside bounds: wall time, output size, and nothing left behind.

The program gets a process group of its own. When it ends, or a bound is passed, its whole group is killed before the
leader is reaped, so the group id cannot belong to a stranger by then.
"""

import contextlib
import os
import resource
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

CHUNK = 1 << 18
STDERR_KEPT = 1 << 16
ASKED_EVERY = 0.05


def bare_environment(home: Path) -> dict[str, str]:
    """Return the least a program needs: where programs are, a home (`home` where none is set), a UTF-8 locale."""
    return {
        "PATH": absolute_path(os.environ.get("PATH")),
        "HOME": os.environ.get("HOME", str(home)),
        "LC_ALL": "C.UTF-8",
    }


def absolute_path(path: str | None) -> str:
    """Drop relative and empty entries from a PATH: they would find programs in the folder a program works on."""
    return os.pathsep.join(entry for entry in (path or os.defpath).split(os.pathsep) if os.path.isabs(entry))


class Ending(StrEnum):
    """Why a program ended."""

    EXITED = "exited"
    TIMED_OUT = "timed_out"
    TOO_MUCH_OUTPUT = "too_much_output"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program did.

    `returncode` is its exit status, or minus the signal that ended it. `stdout` is cut at the cap; of standard error
    the first 64 KiB are kept. `seconds` is wall time.
    """

    ending: Ending
    returncode: int
    stdout: bytes
    stderr: bytes
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether it ended by itself with status 0."""
        return self.ending is Ending.EXITED and self.returncode == 0


def run_bounded(
    argv: Sequence[str | bytes | os.PathLike[str]],
    *,
    cwd: str | Path,
    env: Mapping[str, str],
    timeout: float,
    max_output: int,
    stdin: bytes | int = b"",
    cancelled: Callable[[], bool] | None = None,
    own_session: bool = False,
    memory: int | None = None,
) -> Outcome:
    """Run `argv` (no shell) with exactly the environment `env` and wait for it.

    `timeout` is in seconds, `max_output` in bytes of standard output. `stdin` is what the program reads there, or an
    open descriptor, which the program gets instead. `cancelled` is asked every 50 ms.
    `own_session` takes the program away from our terminal too; it starts slower then, since Linux schedules sessions as
    groups, so it is for programs that are not trusted. `memory` bounds the bytes of its own that each process of the
    program may take, where the system can (Linux); mapped files do not count.
    Raises FileNotFoundError when the program or `cwd` does not exist, PermissionError when it may not run, and other
    OSErrors of the start (an argument list that is too long).
    """
    started = time.monotonic()
    given, text = (stdin, b"") if isinstance(stdin, int) else (subprocess.PIPE if stdin else subprocess.DEVNULL, stdin)
    process = subprocess.Popen(
        argv,
        cwd=cwd,
        env=dict(env),
        stdin=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=own_session,
        process_group=None if own_session else 0,
    )
    try:
        if memory is not None:
            bound_memory(process.pid, memory)
        transfer = _Transfer(process, text, max_output)
        ending = transfer.run(started + timeout, cancelled)
    finally:
        _kill_group(process)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
    return Outcome(
        ending, process.returncode, bytes(transfer.out), bytes(transfer.err), round(time.monotonic() - started, 6)
    )


class _Transfer:
    """Feeds standard input and collects both outputs until the program has ended or a bound is passed."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: bytes, max_output: int) -> None:
        self._process = process
        self._input = memoryview(stdin)
        self._max_output = max_output
        self.out = bytearray()
        self.err = bytearray()
        self._selector = selectors.DefaultSelector()

    def run(self, deadline: float, cancelled: Callable[[], bool] | None) -> Ending:
        with self._selector, _exit_seen(self._process) as watch:
            self._register()
            self._selector.register(watch, selectors.EVENT_READ, None)
            return self._loop(deadline, cancelled)

    def _register(self) -> None:
        process = self._process
        for pipe, take in ((process.stdout, self._take_out), (process.stderr, self._take_err)):
            if pipe is None:  # cannot be: both were asked for
                continue
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ, take)
        if process.stdin is not None:
            os.set_blocking(process.stdin.fileno(), False)
            self._selector.register(process.stdin, selectors.EVENT_WRITE, self._give)

    def _loop(self, deadline: float, cancelled: Callable[[], bool] | None) -> Ending:
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return Ending.TIMED_OUT
            if cancelled is not None and cancelled():
                return Ending.CANCELLED
            exited = False
            for key, _ in self._selector.select(left if cancelled is None else min(left, ASKED_EVERY)):
                if callable(key.data):
                    key.data(key.fd)
                else:
                    exited = True
            if len(self.out) > self._max_output:
                del self.out[self._max_output :]
                return Ending.TOO_MUCH_OUTPUT
            if exited:
                return self._drain()

    def _drain(self) -> Ending:
        """Take what the pipes hold once the program is gone, without waiting for children that keep them open."""
        while ready := [key for key, _ in self._selector.select(0) if key.data in (self._take_out, self._take_err)]:
            for key in ready:
                key.data(key.fd)
            if len(self.out) > self._max_output:
                del self.out[self._max_output :]
                return Ending.TOO_MUCH_OUTPUT
        return Ending.EXITED

    def _take_out(self, fd: int) -> None:
        self._take(fd, self.out)

    def _take_err(self, fd: int) -> None:
        room = STDERR_KEPT - len(self.err)
        spill = self.err if room > 0 else bytearray()
        self._take(fd, spill)
        del self.err[STDERR_KEPT:]

    def _take(self, fd: int, into: bytearray) -> None:
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return
        if data:
            into += data
        else:
            self._selector.unregister(fd)

    def _give(self, fd: int) -> None:
        try:
            self._input = self._input[os.write(fd, self._input[:CHUNK]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._input = self._input[:0]
        if not self._input and self._process.stdin is not None:
            self._selector.unregister(fd)
            self._process.stdin.close()


def bound_memory(pid: int, most: int) -> None:
    """Bound a program that has just started. It has taken little by now, and what it takes from here on counts.

    Failing at the bound leaves no image of its memory on the disk.
    """
    limit = getattr(resource, "prlimit", None)
    if limit is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            limit(pid, resource.RLIMIT_DATA, (most, most))
            limit(pid, resource.RLIMIT_CORE, (0, 0))


@contextlib.contextmanager
def _exit_seen(process: subprocess.Popen[bytes]) -> Iterator[int]:
    """Yield a descriptor that can be read once the process has ended: the system's (Linux), else a thread tells it."""
    opener = getattr(os, "pidfd_open", None)
    try:
        watch = opener(process.pid) if opener is not None else _told_by_thread(process)
    except OSError:  # an old kernel, or a filter of system calls
        watch = _told_by_thread(process)
    try:
        yield watch
    finally:
        os.close(watch)


def _told_by_thread(process: subprocess.Popen[bytes]) -> int:
    """Return a pipe's end that is at its end when the process is; a thread waits for that."""
    reading, writing = os.pipe()

    def wait() -> None:
        try:
            if hasattr(os, "waitid"):
                with contextlib.suppress(ChildProcessError):  # killed and reaped meanwhile
                    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            else:
                process.wait()
        finally:
            os.close(writing)

    threading.Thread(target=wait, name=f"exit of {process.pid}", daemon=True).start()
    return reading


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
