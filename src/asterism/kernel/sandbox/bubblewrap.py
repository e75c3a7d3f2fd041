"""Bubblewrap, which isolates sessions: whether it runs here, and what a sandbox shows of the system."""

import os
import shutil
from functools import cache

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
