"""Folders in memory: what a test keeps there is not written to disk at each `syncfs` that another test waits for."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2 << 30


def roomy_memory() -> Path | None:
    """Return a file system in memory that has room for tests, or None."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        return None
    return MEMORY


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """Make a folder, in memory where there is room, for what need not outlive the block."""
    with tempfile.TemporaryDirectory(prefix="ast-", dir=roomy_memory()) as folder:
        yield Path(folder)
