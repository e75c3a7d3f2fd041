"""Which folders of a tree were touched, as the kernel tells it (inotify), so that a look need not visit the others.

Whoever asks is told of everything that had happened before: an event is in the kernel's queue when the call that caused
it returns. Not told is what is written through a memory map, until that is given up, or through a second name of a file
(a hard link) in a folder that is not watched. What cannot be watched (another system, no watches left, too much at
once) counts as touched everywhere. A look at everything is always right.
"""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from asterism.kernel.workcopy import reach

_MODIFY, _ATTRIB, _CLOSE_WRITE, _MOVED_FROM, _MOVED_TO, _CREATE, _DELETE = 0x2, 0x4, 0x8, 0x40, 0x80, 0x100, 0x200
_UNMOUNT, _OVERFLOW, _IGNORED, _ONLY_FOLDERS, _IS_FOLDER = 0x2000, 0x4000, 0x8000, 0x0100_0000, 0x4000_0000
_MASK = _MODIFY | _ATTRIB | _CLOSE_WRITE | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE | _ONLY_FOLDERS
_HEAD = struct.Struct("iIII")
_READ_BYTES = 1 << 16
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


@dataclass(slots=True)
class Touched:
    """The paths of `folders` in which something changed, and of folders (`trees`) that came with all that is in them.

    `gone` are the folders that came and went, or only went. `in` says whether a folder has to be visited.
    """

    folders: set[str] = field(default_factory=set)
    trees: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    def __contains__(self, path: object) -> bool:
        return path in self.folders or self.covers(str(path))

    def covers(self, path: str) -> bool:
        """Say whether a folder is one of the trees or lies in one."""
        return bool(self.trees) and any(above in self.trees for above in _and_above(path))


class Watch:
    """Watches the folders of a tree. Used by one thread at a time; `close` gives the kernel's memory back.

    `trouble` is the system's error number when it tells nothing any more (`blind`) because of one, else 0.
    """

    def __init__(self, top: str) -> None:
        self._top = top
        self._paths: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self.trouble = 0
        self._handle = self._called("inotify_init1", os.O_NONBLOCK | os.O_CLOEXEC) if sys.platform == "linux" else -1
        self._blind = self._handle < 0

    def follow(self, folders: Iterable[str]) -> set[str]:
        """Watch these folders too, given by their paths below the top; return those that were not watched before.

        What is in these may have changed just before: visit them, and all below, once more. One that has gone is
        passed over.
        """
        fresh: set[str] = set()
        for path in folders:
            if self._blind:
                break
            if path in self._numbers:
                continue
            try:
                with reach.folder(self._top, path) as place:
                    number = self._called(
                        "inotify_add_watch", self._handle, os.fsencode(f"/proc/self/fd/{place}"), _MASK
                    )
            except OSError as error:
                if error.errno not in _NOT_THERE:
                    self._blind, self.trouble = True, error.errno or 0
                continue
            if number < 0:
                self._blind = True
            else:
                self._forget(number)
                self._paths[number], self._numbers[path] = path, number
                fresh.add(path)
        return fresh

    def touched(self) -> Touched | None:
        """Return what changed since the last call, None when it may have been anything.

        A folder that came or went changes the one it is in. Call `follow` for new ones that a look finds.
        """
        found = Touched()
        while not self._blind:
            try:
                data = os.read(self._handle, _READ_BYTES)
            except BlockingIOError:
                return found
            for number, mask, name in _events(data):
                self._take(number, mask, name, found)
        return None

    def _take(self, number: int, mask: int, name: str, found: Touched) -> None:
        path = self._paths.get(number)
        if mask & (_OVERFLOW | _UNMOUNT) or (path == "" and mask & _IGNORED):
            self._blind = True
        elif mask & _IGNORED:
            self._forget(number)
        elif path is not None:
            found.folders.add(path)
            if mask & _IS_FOLDER and name:
                self._take_folder(f"{path}/{name}" if path else name, mask, found)

    def _take_folder(self, path: str, mask: int, found: Touched) -> None:
        if mask & (_MOVED_FROM | _MOVED_TO) or (mask & _CREATE and path in self._numbers):
            self._leave(path)
        if mask & (_MOVED_TO | _CREATE):
            found.trees.add(path)
            found.gone.discard(path)
        elif mask & (_MOVED_FROM | _DELETE):
            found.gone.add(path)
            found.trees.discard(path)

    def _leave(self, path: str) -> None:
        """Stop watching a folder and all below: what is watched there lies elsewhere now."""
        below = f"{path}/"
        for other, number in [item for item in self._numbers.items() if item[0] == path or item[0].startswith(below)]:
            self._called("inotify_rm_watch", self._handle, number)
            del self._numbers[other], self._paths[number]

    def _forget(self, number: int) -> None:
        path = self._paths.pop(number, None)
        if path is not None:
            del self._numbers[path]

    def _called(self, name: str, *values: object) -> int:
        result = int(getattr(_system(), name)(*values))
        if result < 0:
            self.trouble = ctypes.get_errno()
        return result

    @property
    def blind(self) -> bool:
        """Whether it tells nothing any more."""
        return self._blind

    @property
    def count(self) -> int:
        """How many folders are watched."""
        return len(self._numbers)

    def fileno(self) -> int:
        """Return the handle that can be waited for."""
        return self._handle

    def close(self) -> None:
        """Stop watching."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        self._blind = True


@cache
def _system() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _events(data: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield number of the watch, mask and name (`""`: the folder itself) of each event."""
    at = 0
    while at < len(data):
        number, mask, _, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        yield number, mask, os.fsdecode(data[at : at + length].rstrip(b"\0"))
        at += length


def _and_above(path: str) -> Iterator[str]:
    """Yield a path and those of the folders above it, the top (`""`) last."""
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""
