"""Bytes that were made or read lately and are dear to make again, kept in memory by the hash of their content."""

from collections import OrderedDict
from threading import Lock

RECENT_BYTES = 64 << 20


class Recent:
    """At most `limit` bytes; what was not asked for longest goes first. A name always means the same bytes."""

    def __init__(self, limit: int = RECENT_BYTES) -> None:
        self._limit = limit
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, name: str) -> bytes | None:
        """Return the bytes called so, None when they are not kept."""
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
            return self._kept.get(name)

    def keep(self, name: str, content: bytes) -> None:
        """Keep some bytes, unless they are more than all that may be kept."""
        with self._lock:
            if name in self._kept or len(content) > self._limit:
                return
            self._kept[name] = content
            self._bytes += len(content)
            while self._bytes > self._limit:
                self._bytes -= len(self._kept.popitem(last=False)[1])
