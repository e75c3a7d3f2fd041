"""What leads from one stored manifest to another: the server says so, or an older one's manifests do (ADR 0178)."""

from collections.abc import Sequence

from asterism.base.errors import NotFound, Unsupported
from asterism.client.api import Api
from asterism.client.errors import Corrupt
from asterism.client.models import Difference
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry, read


class Differences:
    """Compares manifests of one server."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._last: tuple[str | None, dict[str, Entry]] = (None, {})

    def of(self, pairs: Sequence[tuple[str | None, str]]) -> list[Difference]:
        """Return what leads from the first of each pair (None: the empty tree) to the other, for the first pairs."""
        try:
            return self._api.manifest_differences(pairs)
        except (NotFound, Unsupported):
            return [self._compare(*pairs[0])]

    def _compare(self, base: str | None, name: str) -> Difference:
        old = self._entries(base) if base is not None else {}
        new = self._entries(name)
        changed = [entry for path, entry in new.items() if old.get(path) != entry]
        return Difference(changed, [path for path in old if path not in new])

    def _entries(self, name: str) -> dict[str, Entry]:
        if self._last[0] != name:
            data = self._api.get_manifest(name)
            if hash_bytes(data) != name:
                raise Corrupt(f"The server sent other bytes than those of manifest {name}.")
            self._last = name, {entry.path: entry for entry in read(data) if entry.type != "dir"}
        return self._last[1]
