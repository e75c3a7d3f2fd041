"""`asterism serve` as a process of its own: for tests of starting, stopping and being killed."""

import os
import re
import signal as signals
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from tests.support.facts import PATIENCE
from tests.support.forks import ASTERISM, popen, run
from tests.support.server import free_port


def clean_environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment without any setting of the machine's user."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASTERISM_", "XDG_"))}
    keyring = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    return {**kept, **keyring, "HOME": str(home), "NO_COLOR": "1", **(extra or {})}


def asterism(
    *arguments: str,
    home: Path,
    extra: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run one command of the command line to its end."""
    command = [*ASTERISM, *arguments]
    return run(command, env=clean_environment(home, extra), cwd=cwd or home, input=stdin, text=True)


class ServerProcess:
    """A server process whose log can be waited for."""

    def __init__(
        self,
        data: Path,
        *,
        home: Path,
        extra: Mapping[str, str] | None = None,
        port: int = 0,
        program: Sequence[str] = ASTERISM,
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.lines: list[str] = []
        self._queue: Queue[str | None] = Queue()
        self.process = popen(
            [*program, "serve", "--port", str(self.port), "--data-dir", str(data)],
            env=clean_environment(home, extra),
            cwd=home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip("\n"))
                self._queue.put(line)
        self._queue.put(None)

    def wait_for(self, pattern: str, seconds: float = PATIENCE) -> "re.Match[str]":
        """Wait for a log line that matches and return the match. Raises AssertionError when the process ends first."""
        while True:
            try:
                line = self._queue.get(timeout=seconds)
            except Empty:
                raise AssertionError(f"no line {pattern!r} in:\n" + "\n".join(self.lines)) from None
            assert line is not None, f"the server ended without {pattern!r}:\n" + "\n".join(self.lines)
            found = re.search(pattern, line)
            if found:
                return found

    def ready(self) -> "ServerProcess":
        """Wait until it listens."""
        self.wait_for(r"^listening on http")
        return self

    def end(self, signal: Sequence[int] | int) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(signal if isinstance(signal, int) else signal[0])
        status = self.process.wait(30)
        self._reader.join(5)
        return status


@contextmanager
def started(command: Sequence[str | Path], **options: Any) -> "Iterator[subprocess.Popen[Any]]":
    """Run a program in a session of its own; what is left of it and of its children at the end is killed.

    So a case that fails in the block leaves no process behind, and waits for none.
    """
    process = popen(command, **{"start_new_session": True, **options})
    try:
        yield process
    finally:
        _end(process)
        for pipe in filter(None, (process.stdin, process.stdout, process.stderr)):
            pipe.close()


def _end(process: "subprocess.Popen[Any]") -> None:
    with suppress(ProcessLookupError):  # what it started is of its session, and ends with it
        os.killpg(process.pid, signals.SIGKILL)
    process.wait(30)


@contextmanager
def serving(
    data: Path,
    *,
    home: Path,
    extra: Mapping[str, str] | None = None,
    port: int = 0,
    program: Sequence[str] = ASTERISM,
) -> Iterator[ServerProcess]:
    """Run a server process while the context is open; it is killed when it is left."""
    server = ServerProcess(data, home=home, extra=extra, port=port, program=program)
    try:
        yield server.ready()
    finally:
        _end(server.process)
        server._reader.join(5)
