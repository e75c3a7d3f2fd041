"""Reading stored contents for a merge, and storing what it made: short transactions, bytes moved outside of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from asterism.features.versions import storage
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.vcs.manifest import Entry
from asterism.vcs.tree import Load


@dataclass(frozen=True, slots=True)
class Contents:
    """The stored content of one user."""

    db: Database
    blobs: Blobs
    user_id: str
    quota: int | None = None

    def read(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """Return those blobs that are stored and undamaged, by hash."""
        with self.db.read() as tx:
            places = storage.find_places(tx, self.user_id, hashes)
        in_order = sorted(places.items(), key=lambda one: (one[1].pack_id, one[1].start))
        try:
            read = storage.read_all(self.db, self.blobs, self.user_id, in_order)
            return {blob: _whole(content) for blob, content in read}
        except storage.BlobsMissing:
            return self._read_one_by_one(places)

    def _read_one_by_one(self, places: Mapping[str, storage.Place]) -> dict[str, bytes]:
        found = {}
        for blob, place in places.items():
            with suppress(storage.BlobGone, storage.UnknownBlob):
                found[blob] = storage.read_whole(self.db, self.blobs, self.user_id, blob, place)
        return found

    def missing(self, hashes: Iterable[str]) -> list[str]:
        """Return those blobs that are not stored, in order."""
        with self.db.read() as tx:
            return sorted(storage.find(tx, self.user_id, sorted(set(hashes))).missing)

    def load(self) -> Load:
        """Return what fetches folder records."""

        def load(names: Sequence[str]) -> Mapping[str, bytes]:
            with self.db.read() as tx:
                return storage.tree_records(tx, self.user_id, names)

        return load

    def root(self, manifest_hash: str | None) -> str | None:
        """Return the record of a tree's top folder. Raises UnknownManifest."""
        if manifest_hash is None:
            return None
        with self.db.read() as tx:
            return storage.manifest(tx, self.user_id, manifest_hash).root

    def entries(self, manifest_hash: str | None) -> list[Entry]:
        """Return the entries of a tree. Raises UnknownManifest, or BlobsMissing when the manifest was lost."""
        if manifest_hash is None:
            return []
        with lost_as_missing(manifest_hash), self.db.read() as tx:
            return storage.entries(tx, self.blobs, self.user_id, manifest_hash)

    def text(self, manifest_hash: str) -> bytes:
        """Return the bytes of a manifest. Raises UnknownManifest, or BlobsMissing when they were lost."""
        with lost_as_missing(manifest_hash), self.db.read() as tx:
            return storage.manifest_bytes(tx, self.blobs, self.user_id, manifest_hash)

    def store(self, contents: Iterable[bytes]) -> None:
        """Store contents that a merge or a person made. Raises QuotaExceeded."""
        made = list(contents)
        if made:
            with self.db.write() as tx:
                if self.quota is not None:
                    storage.check_room(tx, self.user_id, self.quota, sum(map(len, made)))
                storage.store_bytes(tx, self.blobs, self.user_id, made)


def _whole(content: bytes | memoryview | Iterator[bytes]) -> bytes:
    return b"".join(content) if isinstance(content, Iterator) else bytes(content)


@contextmanager
def lost_as_missing(manifest_hash: str) -> Iterator[None]:
    """Take a manifest whose bytes were lost for content that is to be sent again (Fastest 5.8)."""
    try:
        yield
    except storage.ManifestLost:
        raise storage.BlobsMissing([manifest_hash]) from None
