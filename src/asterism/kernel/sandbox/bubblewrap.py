"""Isolation by bubblewrap: own namespaces, a read-only system, an empty home, one visible folder, no network."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from asterism.kernel.sandbox.plain import clean_environment, find_program, start_limited
from asterism.kernel.sandbox.port import Command, SandboxUnavailable
from asterism.kernel.sandbox.process import Outcome, run_bounded

PROGRAM = "bwrap"
HOME = Path("/tmp/home")  # noqa: S108 - a fresh tmpfs inside the sandbox, not the machine's /tmp
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix/store")
CONFIGURATION = ("/etc/ssl", "/etc/ca-certificates", "/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")
NETWORK_CONFIGURATION = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf")


class BubblewrapSandbox:
    """Runs a program that sees the system read-only and one folder, and nothing else of the user."""

    name = "bubblewrap"
    isolates = True

    def __init__(self) -> None:
        """Raise SandboxUnavailable where bubblewrap cannot run."""
        problem = bubblewrap_problem()
        if problem is not None:
            raise SandboxUnavailable(problem, hint="Install bubblewrap and allow unprivileged user namespaces.")

    def run(self, command: Command, cancelled: Callable[[], bool] | None = None) -> Outcome:
        """See `port.Sandbox.run`."""
        program = find_program(command.argv[0], command.environment)
        argv = [find_program(PROGRAM, {}), *_arguments(command, program), "--", program, *command.argv[1:]]
        return start_limited(argv, command, environment={"PATH": os.defpath}, cancelled=cancelled)


def _arguments(command: Command, program: str) -> Iterator[str]:
    yield from ("--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL")
    for folder in SYSTEM:
        yield from system_folder(folder)
    files = CONFIGURATION + (NETWORK_CONFIGURATION if command.network else ())
    for file in files:
        yield from ("--ro-bind-try", file, file)
    yield from ("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", str(HOME))  # noqa: S108 - as HOME
    for needed in _needed(command, program):
        yield from ("--ro-bind-try", str(needed), str(needed))
    yield from ("--bind" if command.writable else "--ro-bind", str(command.folder), str(command.folder))
    yield from ("--chdir", str(command.folder))
    if command.network:
        yield "--share-net"
    for name, value in clean_environment(command, home=HOME).items():
        yield from ("--setenv", name, value)


def system_folder(folder: str) -> tuple[str, ...]:
    """Return the arguments that show a folder of the system as it is, a link as a link."""
    if os.path.islink(folder):
        return ("--symlink", os.readlink(folder), folder)
    return ("--ro-bind-try", folder, folder)


def _needed(command: Command, program: str) -> list[Path]:
    """Return folders outside the system that the program lives in: its own, this Python's, and the asked-for ones."""
    wanted = [Path(program).parent, Path(program).resolve().parent, Path(sys.prefix), Path(sys.base_prefix)]
    return [path for path in dict.fromkeys([*wanted, *command.readable]) if path.parts[:2] != ("/", "usr")]


@cache
def bubblewrap_problem() -> str | None:
    """Say why bubblewrap cannot run here, None when it can. Asked once per process, by trying."""
    program = shutil.which(PROGRAM)
    if program is None:
        return "bubblewrap is not installed."
    argv = [program, "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"]
    try:
        outcome = run_bounded(argv, cwd="/", env={"PATH": os.defpath}, timeout=10, max_output=1 << 16)
    except OSError as error:
        return f"bubblewrap cannot be started: {error.strerror}."
    return None if outcome.ok else "bubblewrap may not make namespaces on this machine."
