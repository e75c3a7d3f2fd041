"""How many may be inside at once, from one address or of one user, so that nobody keeps the others out.

What is inside is a request that has begun and whose answer has not ended; event streams count as long as they last.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Crowd:
    """Counts who is inside; safe to use from many threads."""

    def __init__(self, *, total: int, each: int) -> None:
        self.total, self.each = total, each
        self._lock = threading.Lock()
        self._inside: dict[str, int] = {}
        self._count = 0

    def full(self, key: str) -> bool:
        """Whether one more of `key` would be too many."""
        with self._lock:
            return self._count >= self.total or self._inside.get(key, 0) >= self.each

    def enter(self, key: str) -> bool:
        """Count one of `key` until it leaves; False, uncounted, when there is no place."""
        with self._lock:
            mine = self._inside.get(key, 0)
            if self._count >= self.total or mine >= self.each:
                return False
            self._count += 1
            self._inside[key] = mine + 1
            return True

    def leave(self, key: str) -> None:
        """Count one of `key` less, that had entered."""
        with self._lock:
            self._count -= 1
            mine = self._inside[key] - 1
            if mine:
                self._inside[key] = mine
            else:
                del self._inside[key]

    @contextmanager
    def inside(self, key: str) -> Iterator[bool]:
        """Count one of `key` while the context is open; yields False, uncounted, when there is no place."""
        admitted = self.enter(key)
        try:
            yield admitted
        finally:
            if admitted:
                self.leave(key)
