"""Stored content that many pairs look at: read once, as far as a bound on memory allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from asterism.features.versions.sync import Contents
from asterism.vcs.tree import Load

MAX_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Remembering(Contents):
    """Contents that remember what was read of them; for one thread, and one computation."""

    _known: dict[str, bytes] = field(default_factory=dict)
    _roots: dict[str, str | None] = field(default_factory=dict)

    def read(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """Return those blobs that are stored and undamaged, by hash."""
        fresh = Contents.read(self, [name for name in hashes if name not in self._known])
        self._keep(fresh)
        return fresh | {name: self._known[name] for name in hashes if name in self._known}

    def load(self) -> Load:
        """Return what fetches folder records."""
        fetch = Contents.load(self)

        def load(names: Sequence[str]) -> Mapping[str, bytes]:
            wanted = [name for name in names if name not in self._known]
            fresh = fetch(wanted) if wanted else {}
            found = {name: self._known[name] for name in names if name in self._known} | dict(fresh)
            self._keep(fresh)
            return found

        return load

    def root(self, manifest_hash: str | None) -> str | None:
        """Return the record of a tree's top folder. Raises UnknownManifest."""
        if manifest_hash is not None and manifest_hash not in self._roots:
            self._roots[manifest_hash] = Contents.root(self, manifest_hash)
        return None if manifest_hash is None else self._roots[manifest_hash]

    def _keep(self, fresh: Mapping[str, bytes]) -> None:
        self._known.update(fresh)
        size = sum(map(len, self._known.values()))
        while size > MAX_BYTES:
            size -= len(self._known.pop(next(iter(self._known))))
