"""Getting files onto durable media: one by one while few, else the whole file system at once (ADR 0010)."""

import ctypes
import os
import sys
from collections.abc import Sequence
from pathlib import Path

FEW = 4
"""Up to this many files are synced one by one: beyond, one `syncfs` costs less than that many journal commits."""


def sync_files(root: Path, files: Sequence[Path]) -> None:
    """Return when `files` below `root`, and the names they have, are on durable media. Raises OSError."""
    if len(files) > FEW:
        _sync_file_system(root)
        return
    for path in files:
        _sync(path)
    for folder in {path.parent for path in files}:
        _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_file_system(root: Path) -> None:
    """Flush the file system that holds `root`; where only all of them can be flushed, all of them."""
    if not sys.platform.startswith("linux"):
        os.sync()
        return
    descriptor = os.open(root, os.O_RDONLY)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(descriptor)
