"""How many may be inside at once, from one address or of one user, so that nobody keeps the others out.

What is inside is a request that has begun and whose answer has not ended; event streams count as long as they last.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Crowd:
    """Counts who is inside; safe to use from many threads."""

    def __init__(self, *, total: int, each: int) -> None:
        self.total, self.each = total, each
        self._lock = threading.Lock()
        self._inside: Counter[str] = Counter()
        self._count = 0

    def full(self, key: str) -> bool:
        """Whether one more of `key` would be too many."""
        with self._lock:
            return self._count >= self.total or self._inside.get(key, 0) >= self.each

    @contextmanager
    def inside(self, key: str) -> Iterator[bool]:
        """Count one of `key` while the context is open; yields False, uncounted, when there is no place."""
        with self._lock:
            admitted = self._count < self.total and self._inside.get(key, 0) < self.each
            if admitted:
                self._count += 1
                self._inside[key] += 1
        try:
            yield admitted
        finally:
            if admitted:
                with self._lock:
                    self._count -= 1
                    self._inside[key] -= 1
                    if not self._inside[key]:
                        del self._inside[key]
