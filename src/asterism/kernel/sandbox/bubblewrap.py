"""Bubblewrap, which isolates sessions: whether it runs here, and what a sandbox shows of the system."""

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from asterism.kernel.sandbox.process import absolute_path, run_bounded

PROGRAM = "bwrap"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix/store")
CONFIGURATION = ("/etc/ssl", "/etc/ca-certificates", "/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")


def system_folder(folder: str) -> tuple[str, ...]:
    """Return the arguments that show a folder of the system as it is, a link as a link."""
    if os.path.islink(folder):
        return ("--symlink", os.readlink(folder), folder)
    return ("--ro-bind-try", folder, folder)


def find_bubblewrap() -> str | None:
    """Return the absolute path of bubblewrap, None where it is not installed."""
    found = shutil.which(PROGRAM, path=absolute_path(os.environ.get("PATH")))
    return os.path.abspath(found) if found is not None else None


@cache
def bubblewrap_problem() -> str | None:
    """Say why bubblewrap cannot run here, None when it can. Asked once per process, by trying."""
    program = find_bubblewrap()
    if program is None:
        return "bubblewrap is not installed."
    argv = [program, "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"]
    try:
        outcome = run_bounded(argv, cwd="/", env={"PATH": os.defpath}, timeout=10, max_output=1 << 16)
    except OSError as error:
        return f"bubblewrap cannot be started: {error.strerror}."
    return None if outcome.ok else "bubblewrap may not make namespaces on this machine."


async def wait_for_namespace(told: Path, end: Callable[[], None], seconds: float) -> None:
    """Call `end`, which ends a sandbox, and wait until every process of it is gone, for at most so long.

    `told` is the file that holds what bubblewrap wrote to its `--info-fd`. The first process of a namespace is over
    when all others are (pid_namespaces(7)); bubblewrap itself, which is killed, does not wait for that.
    """
    first = _first_process(told)
    if first is None:
        end()
        return
    readable = asyncio.Event()
    asyncio.get_running_loop().add_reader(first, readable.set)
    try:
        end()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await readable.wait()
    finally:
        asyncio.get_running_loop().remove_reader(first)
        os.close(first)


def _first_process(told: Path) -> int | None:
    """Return a descriptor that is readable when the first process is over, None when it is already, or never was."""
    try:
        return os.pidfd_open(json.loads(told.read_bytes())["child-pid"])
    except (OSError, ValueError):
        return None
