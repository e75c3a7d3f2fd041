"""Values read from files, remembered while the files stay as they are: inode, size and both times of each.

Never remembered is what was read from files that changed within the last seconds, since their times could not tell a
second change.
"""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

KEPT = 64
SETTLED_NS = 3_000_000_000

Facts = tuple[tuple[str, int, int, int, int] | tuple[str], ...]


class Remembered(Generic[T]):
    """Values by key; safe to use from many threads. `settled_ns` is how old a change must be, in nanoseconds."""

    def __init__(self, settled_ns: int = SETTLED_NS) -> None:
        self.settled_ns = settled_ns
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, ...], tuple[Facts, T]] = OrderedDict()

    def get(
        self, key: tuple[str, ...], files: Sequence[str], read: Callable[[], T], may_keep: Callable[[T], bool]
    ) -> T:
        """Return what `read` returned for these files as they are now; it is called when nobody knows."""
        found = self.peek(key, files)
        if found is not None:
            return found
        before = _facts_of(files)
        value = read()
        if may_keep(value) and before == _facts_of(files) and self._settled(before):
            with self._lock:
                self._kept[key] = (before, value)
                self._kept.move_to_end(key)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return value

    def peek(self, key: tuple[str, ...], files: Sequence[str]) -> T | None:
        """Return what is remembered, None when that is nothing or out of date."""
        with self._lock:
            kept = self._kept.get(key)
        return kept[1] if kept is not None and kept[0] == _facts_of(files) else None

    def _settled(self, facts: Facts) -> bool:
        latest = max((max(one[3:]) for one in facts if len(one) == 5), default=0)
        return time.time_ns() - latest > self.settled_ns


def _facts_of(files: Sequence[str]) -> Facts:
    return tuple(_facts(path) for path in files)


def _facts(path: str) -> tuple[str, int, int, int, int] | tuple[str]:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return (path,)
    return (path, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
