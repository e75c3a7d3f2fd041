"""Trust that lasts until the server stops."""

import threading

from asterism.features.review.trust.models import Trust


class SessionTrust:
    """Entries of mode `session`, in memory; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, Trust] = {}

    def get(self, project_id: str) -> Trust | None:
        """Return the entry of a project."""
        with self._lock:
            return self._entries.get(project_id)

    def all(self) -> list[Trust]:
        """Return every entry."""
        with self._lock:
            return list(self._entries.values())

    def put(self, trust: Trust) -> None:
        """Keep an entry in place of an older one."""
        with self._lock:
            self._entries[trust.project_id] = trust

    def remove(self, project_id: str) -> None:
        """Forget an entry, also when there is none."""
        with self._lock:
            self._entries.pop(project_id, None)
