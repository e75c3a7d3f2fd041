"""Processes that go ahead of a look at a large tree, and tell which folders are as the stat cache has them (ADR 0215).

A look is one `stat` a file. A folder that nobody told of is looked at as if it had changed.
"""

from collections.abc import Iterator

from asterism.kernel.workcopy import reach
from asterism.kernel.workcopy.crew import Crew, Start, helpers_at_hand
from asterism.kernel.workcopy.listing import list_folder
from asterism.kernel.workcopy.statcache import Cache, join

PORTIONS = 100
LEAST_NAMES = 20_000  # in fewer, what forking costs shows


class Scouts:
    """Scouts on their way. `unchanged` brings them together; close them, or use them in a `with` block."""

    def __init__(self, top: str, cache: Cache, count: int, start: Start | None = None) -> None:
        self._top = top
        self._known = cache.folders
        self._portions = list(_portions(cache))
        self._crew = Crew(len(self._portions), self._marks, count, start)

    def __enter__(self) -> "Scouts":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def unchanged(self) -> set[str]:
        """Look at what nobody has taken yet, wait for the others, and return the folders that are as in the cache."""
        found = set[str]()
        for number, marks in self._crew.finished():
            found.update(path for path, same in zip(self._portions[number], marks, strict=True) if same)
        return found

    def close(self) -> None:
        """End them."""
        self._crew.close()

    def _marks(self, number: int) -> bytes:
        return bytes(map(self._is_as_before, self._portions[number]))

    def _is_as_before(self, path: str) -> bool:
        old = self._known[path]
        try:
            with reach.folder(self._top, path, wary=False) as place:
                names, stats, _ = list_folder(place)
        except OSError:
            return False
        return stats == old.stats and join(names) == old.listed


def send_out(top: str, cache: Cache) -> Scouts | None:
    """Send scouts ahead of a look, None where they save no time or this process cannot be forked safely."""
    if cache.count < LEAST_NAMES:
        return None
    count = helpers_at_hand()
    return Scouts(top, cache, count) if count > 0 else None


def _portions(cache: Cache) -> Iterator[list[str]]:
    """Cut the folders of a cache into portions of about as many names."""
    share = sum(len(folder.kinds) + 1 for folder in cache.folders.values()) / PORTIONS
    portion, names = list[str](), 0.0
    for path, folder in cache.folders.items():
        portion.append(path)
        names += len(folder.kinds) + 1
        if names >= share:
            yield portion
            portion, names = [], names % share
    if portion:
        yield portion
