"""Processes that go ahead of a look at a large tree, and tell which folders are as the stat cache has them (ADR 0215).

A look is one `stat` a file, and Python runs one of its threads at a time. So what the cache knows is cut into portions,
and forks of this process share them with it, each taking the next one when it is free. A portion that nobody told of
(its scout was killed) is looked at like folders that changed.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from asterism.kernel.workcopy import reach
from asterism.kernel.workcopy.listing import list_folder
from asterism.kernel.workcopy.statcache import Cache, join

LEAST_NAMES = 20_000  # in fewer, what forking costs shows
MOST_SCOUTS = 3
PORTIONS = 100  # the number of one is a byte

Told: TypeAlias = Callable[[bytes], object]
"""Takes the number of a portion and, for each of its folders, whether it is as the cache has it."""


@dataclass(frozen=True, slots=True)
class Scout:
    """Another process (0: none), and the end of the pipe in which it tells what it found."""

    process: int
    tales: int


Start: TypeAlias = Callable[[Callable[[Told], None]], Scout | None]
"""Has somebody else do a piece of work, None when nobody can."""


class Scouts:
    """Scouts on their way. `unchanged` brings them together; close them, or use them in a `with` block."""

    def __init__(self, top: str, cache: Cache, count: int, start: Start) -> None:
        self._top = top
        self._known = cache.folders
        self._portions = list(_portions(cache))
        self._numbers, write = os.pipe()
        os.write(write, bytes(range(len(self._portions))))
        os.close(write)
        self._scouts = [scout for _ in range(count) if (scout := start(self._work)) is not None]

    def __enter__(self) -> "Scouts":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def unchanged(self) -> set[str]:
        """Look at what nobody has taken yet, wait for the others, and return the folders that are as in the cache."""
        tales = list[bytes]()
        self._work(tales.append)
        tales += [_all_of(scout.tales) for scout in self._scouts]
        return {path for tale in tales for path in self._paths(tale)}

    def close(self) -> None:
        """End them."""
        for scout in self._scouts:
            os.close(scout.tales)
            if scout.process:
                with suppress(ProcessLookupError, ChildProcessError):
                    os.kill(scout.process, signal.SIGKILL)
                    os.waitpid(scout.process, 0)
        self._scouts.clear()
        os.close(self._numbers)

    def _work(self, told: Told) -> None:
        """Take portions until none is left."""
        while number := os.read(self._numbers, 1):
            told(number + bytes(map(self._is_as_before, self._portions[number[0]])))

    def _is_as_before(self, path: str) -> bool:
        old = self._known[path]
        try:
            with reach.folder(self._top, path, wary=False) as place:
                names, _, stats, _ = list_folder(place)
        except OSError:
            return False
        return stats == old.stats and join(names) == old.listed

    def _paths(self, tale: bytes) -> Iterator[str]:
        """Yield the folders that a tale calls unchanged; what was cut off at its end does not count."""
        at = 0
        while at < len(tale):
            portion = self._portions[tale[at]]
            marks = tale[at + 1 : at + 1 + len(portion)]
            if len(marks) == len(portion):
                yield from (path for path, same in zip(portion, marks, strict=True) if same)
            at += 1 + len(portion)


def send_out(top: str, cache: Cache) -> Scouts | None:
    """Send scouts ahead of a look, None where they save no time or this process cannot be forked safely.

    A fork has one thread, and whatever lock another one held stays locked in it: so there must be no other one.
    """
    if sum(len(folder.kinds) for folder in cache.folders.values()) < LEAST_NAMES or not _can_fork():
        return None
    count = min(processors() - 1, MOST_SCOUTS)
    return Scouts(top, cache, count, fork) if count > 0 else None


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _can_fork() -> bool:
    try:
        return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1
    except OSError:  # no /proc, so nobody knows
        return False


def fork(work: Callable[[Told], None]) -> Scout | None:
    """Do work in a fork of this process, which ends when nobody listens any more."""
    tales, told = os.pipe()
    try:
        process = os.fork()
    except OSError:  # too many processes
        os.close(tales)
        os.close(told)
        return None
    if not process:
        try:
            os.close(tales)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            gc.disable()
            work(lambda tale: os.write(told, tale))
        finally:
            os._exit(0)
    os.close(told)
    return Scout(process, tales)


def _portions(cache: Cache) -> Iterator[list[str]]:
    """Cut the folders of a cache into portions of about as many names."""
    share = sum(len(folder.kinds) + 1 for folder in cache.folders.values()) / PORTIONS
    portion, names = list[str](), 0.0
    for path, folder in cache.folders.items():
        portion.append(path)
        names += len(folder.kinds) + 1
        if names >= share:
            yield portion
            portion, names = [], names - share * (names // share)
    if portion:
        yield portion


def _all_of(pipe: int) -> bytes:
    parts = list[bytes]()
    while part := os.read(pipe, 1 << 16):
        parts.append(part)
    return b"".join(parts)
