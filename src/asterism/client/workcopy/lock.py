"""One command at a time in one working copy."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from asterism.base.errors import Conflict

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no flock
    fcntl = None  # type: ignore[assignment]


class Busy(Conflict):
    """Another command works in this folder."""

    code = "BUSY"


@contextmanager
def exclusive(path: str) -> Iterator[None]:
    """Hold the lock file at `path`. The system drops it when the process ends, however it ends. Raises Busy."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _take(handle)
        yield
    finally:
        os.close(handle)


def _take(handle: int) -> None:
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:  # pragma: no cover
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    except OSError:
        raise Busy(
            "Another asterism command is working in this folder.", hint="Wait until it is done and try again."
        ) from None
