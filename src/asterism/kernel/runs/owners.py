"""Which process performs a run, and whether that process still lives."""

import os
import socket
from pathlib import Path

from asterism.base.clock import shift
from asterism.base.ids import ulid

SILENCE_SECONDS = 60.0
"""How long a process of another machine may be silent before its runs are taken for dead (Starbot 5.5)."""


def this_process() -> str:
    """Return a name for this process: machine, number and moment of its start, and something of its own."""
    return f"{socket.gethostname()}/{os.getpid()}.{_began(os.getpid())}/{ulid()}"


def is_gone(owner: str) -> bool:
    """Whether the process of that name has surely ended; only of processes of this machine that can be known."""
    host, _, rest = owner.partition("/")
    pid, _, began = rest.partition("/")[0].partition(".")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():  # its number, but not its name: a successor, as in a restarted container
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # it lives, and is another user's
    return bool(began) and began != _began(int(pid))


def has_died(holder: str) -> bool:
    """Whether the process that `this_process` named has surely ended; false for this very process."""
    return holder.rpartition("/")[0] != this_process().rpartition("/")[0] and is_gone(holder)


def is_here(owner: str) -> bool:
    """Whether the process of that name ran on this machine."""
    return owner.partition("/")[0] == socket.gethostname()


def is_silent(last_beat: str | None, run_began: str, now: str) -> bool:
    """Whether a process has shown no sign of life for longer than a minute: no beat, and no run begun."""
    return max(last_beat or "", run_began) < shift(now, seconds=-SILENCE_SECONDS)


def _began(pid: int) -> str:
    """Return when a process began, in ticks since the machine's start; empty where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return fields[19]
    except (OSError, IndexError):
        return ""
