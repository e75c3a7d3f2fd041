"""Where private copies of reviewed files lie while they are checked: a folder per process, swept once it is dead."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import structlog

_OWN = "process-"
_LOCK = ".lock"
_log = structlog.get_logger("asterism.reviews")


class Scratch:
    """A folder for copies of source, below one that all processes of a data folder share.

    Each process holds a lock in its own part for as long as it lives, whatever ends it. What carries no lock is left
    over from one that was killed, and is taken away when the next one starts.
    """

    def __init__(self, shared: Path) -> None:
        self._shared = shared
        self._own: Path | None = None
        self._lock = -1

    def open(self) -> None:
        """Sweep what dead processes left, and make the folder of this one. Raises OSError."""
        self._shared.mkdir(mode=0o700, parents=True, exist_ok=True)
        gate = _locked(self._shared / _LOCK, wait=True)
        try:
            self._sweep()
            self._own = Path(tempfile.mkdtemp(prefix=_OWN, dir=self._shared))
            self._lock = _locked(self._own / _LOCK, wait=False) or -1
        finally:
            if gate is not None:
                os.close(gate)

    @contextlib.contextmanager
    def folder(self) -> Iterator[Path]:
        """Give a fresh private folder and take it away with all it holds."""
        if self._own is None:
            self.open()
        with tempfile.TemporaryDirectory(prefix="review-", dir=self._own, ignore_cleanup_errors=True) as name:
            yield Path(name)

    def close(self) -> None:
        """Take the folder of this process away."""
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)
            self._own = None
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _sweep(self) -> None:
        for left in self._shared.glob(f"{_OWN}*"):
            lock = _locked(left / _LOCK, wait=False)
            if lock is not None:
                shutil.rmtree(left, ignore_errors=True)
                os.close(lock)
                _log.info("copies of a dead process removed", folder=left.name)


def _locked(path: Path, *, wait: bool) -> int | None:
    """Open and lock a file; None when another process holds it. Raises OSError."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(handle)
        return None
    except OSError:
        os.close(handle)
        raise
    return handle
