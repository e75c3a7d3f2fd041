"""Reading files of a repository that nobody vouches for: regular ones only, and never more than was asked for."""

import os
import stat
from pathlib import Path


def read_regular(path: Path, limit: int, *, follow: bool = False) -> tuple[bytes, int] | None:
    """Return up to `limit` + 1 bytes of a regular file and its permission bits; None when it is none.

    A FIFO or device is never waited for. A symlink at the end is none either, unless `follow`.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    try:
        if follow and not stat.S_ISREG(os.stat(path).st_mode):
            return None  # opening a device may already do something
        handle = os.open(path, flags)
    except (OSError, ValueError):
        return None
    try:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            return None
        parts: list[bytes] = []
        left = limit + 1
        while left > 0 and (part := os.read(handle, min(left, 1 << 20))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts), facts.st_mode & 0o777
    except OSError:
        return None
    finally:
        os.close(handle)


def is_odd(path: Path, most: int) -> bool:
    """Whether something is there that no program should read: no regular file, or more than `most` bytes."""
    try:
        facts = os.stat(path)
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(facts.st_mode) or facts.st_size > most
