"""Processes of the command line that start at once: forks of a nursery which has loaded everything (`nursery.py`)."""

import atexit
import ctypes
import inspect
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

ASTERISM = [sys.executable, "-m", "asterism"]
ROOT = Path(__file__).resolve().parents[2]
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
_one_at_a_time = threading.Lock()


def popen(command: Sequence[str | Path], **options: Any) -> "subprocess.Popen[Any]":
    """Start a program as `subprocess.Popen` does; a command line that begins with `ASTERISM` is forked."""
    special = "preexec_fn" in options or _tells_the_interpreter(options.get("env") or {})
    if sys.platform == "linux" and list(command[:3]) == ASTERISM and not special:
        return Forked(command[3:], **options)
    return subprocess.Popen(command, **options)


def _tells_the_interpreter(environment: Mapping[str, str]) -> bool:
    """Say whether there is something new in it that is read before anything is loaded, such as PYTHONPATH."""
    return any(re.match("PYTHON[A-Z]", name) and os.environ.get(name) != environment[name] for name in environment)


def run(
    command: Sequence[str | Path], *, input: str | bytes | None = None, timeout: float = 120, **options: Any
) -> "subprocess.CompletedProcess[Any]":
    """Run a program to its end as `subprocess.run` does, with what it says; start it as `popen` does."""
    given = {"stdin": subprocess.PIPE} if input is not None else {}
    with popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **given, **options) as process:
        try:
            out, err = process.communicate(input, timeout)
        finally:
            process.kill()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


class Forked(subprocess.Popen[Any]):
    """A process like any other, of the arguments of `asterism`. Its parent is this process, which waits for it."""

    def _execute_child(self, *values: Any) -> None:
        """Have it forked instead of loaded; all else is as `subprocess` has it."""
        asked = inspect.signature(super()._execute_child).bind(*values).arguments  # type: ignore[misc]
        environment = os.environ if asked["env"] is None else asked["env"]
        request = {
            "arguments": [os.fspath(argument) for argument in asked["args"]],
            "environment": dict(environment),
            "folder": None if asked["cwd"] is None else os.fspath(asked["cwd"]),
            "start_new_session": asked["start_new_session"],
        }
        streams = [asked["p2cread"], asked["c2pwrite"], asked["errwrite"]]
        streams = [number if stream == -1 else stream for number, stream in enumerate(streams)]
        self.pid = fork(json.dumps(request).encode(), streams)
        self._child_created = True
        ends = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
        self._close_pipe_fds(*(asked[end] for end in ends))  # type: ignore[attr-defined]


def fork(request: bytes, streams: list[int]) -> int:
    """Return the id of a new child of this process that does as `request` says."""
    with _one_at_a_time:
        link = nursery()
        adopt_orphans(True)
        try:
            socket.send_fds(link, [request], streams)
            child = int(link.recv(64))
            link.recv(64)  # its parent is gone, and it is ours
        finally:
            adopt_orphans(False)
        return child


@cache
def nursery() -> socket.socket:
    """Start this process's nursery at first use, and return the way to it; it ends with this process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.nursery", str(theirs.fileno())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    atexit.register(process.wait)
    atexit.register(ours.close)  # before it is waited for
    return ours


def adopt_orphans(wanted: bool) -> None:
    """Say whether processes whose parent ends become children of this one (prctl(2)); else they are init's."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "cannot adopt processes")
