"""Opening what lies in a folder tree that others may change meanwhile, without ever leaving it.

Each part of a path is opened inside the one before and never through a link, so a folder that is swapped for a link
leads nowhere. What is no regular file is refused before it is read: a pipe would wait for a writer for ever.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextmanager
def folder(top: str, path: str, *, wary: bool = True) -> Iterator[int]:
    """Give a handle of the folder at `path` below `top` (`""` is the top itself, links to it are followed).

    Raises OSError, also where a part of the path (the last one, if not `wary`, which is faster) is a link.
    """
    handle = os.open(
        top if wary or not path else f"{top}/{path}", _FOLDER | (os.O_NOFOLLOW if path and not wary else 0)
    )
    try:
        for part in path.split("/") if path and wary else ():
            inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=handle)
            os.close(handle)
            handle = inner
        yield handle
    finally:
        os.close(handle)


def open_file(top: str, path: str) -> int:
    """Open the regular file at `path` below `top` for reading. Raises OSError."""
    above, _, name = path.rpartition("/")
    with folder(top, above) as place:
        return open_regular(place, name)


def open_regular(place: int, name: str) -> int:
    """Open a regular file in an opened folder for reading. Raises OSError."""
    return open_with_status(place, name)[0]


def open_with_status(place: int, name: str) -> tuple[int, os.stat_result]:
    """Open a regular file in an opened folder for reading; return its handle and its status. Raises OSError."""
    handle = os.open(name, _FILE, dir_fd=place)
    status = os.fstat(handle)
    if stat.S_ISREG(status.st_mode):
        return handle, status
    os.close(handle)
    raise OSError(errno.EINVAL, "not a regular file", name)
