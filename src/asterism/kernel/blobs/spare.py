"""Room for the one thing that must work on a full disk: making room (ADR 0016)."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SPARE_BYTES = 4 * 1024 * 1024
"""Enough for the journal of a database that forgets rows in short transactions."""


class Spare:
    """A file that holds nothing, kept so that it can be given up."""

    def __init__(self, path: Path, size: int = SPARE_BYTES) -> None:
        self._path = path
        self._size = size

    def fill(self) -> None:
        """Make the file where there is room for it twice; elsewhere do nothing: it is wanted, not needed."""
        with suppress(OSError):
            if self._path.exists() or shutil.disk_usage(self._path.parent).free < 2 * self._size:
                return
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(handle, 0, self._size)
            except OSError:
                self._path.unlink(missing_ok=True)
            finally:
                os.close(handle)

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """Remove the file while the context is open, then make it again if there is room."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        try:
            yield
        finally:
            self.fill()
