"""Which folders of a tree were touched, as the kernel tells it (inotify), so that a look need not visit the others.

What it tells is a hint: writing through a memory map shows only when the map is given up, and what cannot be watched
(another system, no watches left, too much at once) counts as touched everywhere. A look at everything is always right.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Container, Iterable

from asterism.kernel.workcopy import reach

_MODIFY, _ATTRIB, _CLOSE_WRITE, _MOVED, _CREATE, _DELETE = 0x2, 0x4, 0x8, 0xC0, 0x100, 0x200
_OVERFLOW, _IGNORED, _ONLY_FOLDERS, _IS_FOLDER = 0x4000, 0x8000, 0x0100_0000, 0x4000_0000
_MASK = _MODIFY | _ATTRIB | _CLOSE_WRITE | _MOVED | _CREATE | _DELETE | _ONLY_FOLDERS
_HEAD = struct.Struct("iIII")
_READ_BYTES = 1 << 16


class Watch:
    """Watches the folders of a tree. Used by one thread at a time; `close` gives the kernel's memory back."""

    def __init__(self, top: str) -> None:
        self._top = top
        self._paths: dict[int, str] = {}
        self._handle = _open()
        self._blind = self._handle < 0

    def follow(self, folders: Iterable[str]) -> None:
        """Watch these folders too, given by their paths below the top. One that has gone is passed over."""
        for path in folders:
            if self._blind:
                return
            try:
                with reach.folder(self._top, path) as place:
                    number = _add(self._handle, f"/proc/self/fd/{place}")
            except OSError:
                continue
            if number < 0:
                self._blind = True
            else:
                self._paths[number] = path

    def touched(self) -> Container[str] | None:
        """Return the folders in which something changed since the last call, None when it may have been anywhere.

        A folder that came or went changes the one it is in. Call `follow` for new ones that a look finds.
        """
        found: set[str] = set()
        while not self._blind:
            try:
                data = os.read(self._handle, _READ_BYTES)
            except BlockingIOError:
                return found
            at = 0
            while at < len(data):
                number, mask, _, length = _HEAD.unpack_from(data, at)
                at += _HEAD.size + length
                if mask & _OVERFLOW or (mask & _MOVED and mask & _IS_FOLDER):  # paths below it are no longer right
                    self._blind = True
                elif mask & _IGNORED:
                    self._paths.pop(number, None)
                elif number in self._paths:
                    found.add(self._paths[number])
        return None

    @property
    def blind(self) -> bool:
        """Whether it tells nothing any more."""
        return self._blind

    def close(self) -> None:
        """Stop watching."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        self._blind = True


def _open() -> int:
    if sys.platform != "linux":
        return -1
    return int(_libc().inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))


def _add(handle: int, path: str) -> int:
    return int(_libc().inotify_add_watch(handle, os.fsencode(path), _MASK))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
