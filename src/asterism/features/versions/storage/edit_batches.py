"""Many manifests at once, each made from a stored one or from one of the same batch (ADR 0178).

One look-up for all, one flush of all objects, one transaction for all rows. Either all of a batch is stored or none.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from asterism.base.errors import TooLarge, Unavailable
from asterism.features.versions.storage import store
from asterism.features.versions.storage.blobs import check_room
from asterism.features.versions.storage.comparison import prepare_edited
from asterism.features.versions.storage.errors import BlobsMissing, HashMismatch, UnknownManifest
from asterism.features.versions.storage.keys import manifest_key
from asterism.features.versions.storage.manifests import prepare
from asterism.features.versions.storage.models import Manifest, Prepared, Usage
from asterism.features.versions.storage.texts import is_readable, put, store_again, text_of
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry
from asterism.vcs.manifest_delta import ManifestDelta
from asterism.vcs.splice import can_be_spliced, exchange, rebuild

BATCH_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class NamedEdit:
    """A manifest to make, called `hash`: `base_hash` with the entry at each path exchanged (None: taken out)."""

    hash: str
    base_hash: str
    changes: Mapping[str, Entry | None]


class BatchTooLarge(TooLarge):
    """The manifests of one request are too much together."""

    def __init__(self) -> None:
        super().__init__(
            f"The manifests have more than {BATCH_BYTES} bytes together.", hint="Send fewer of them at once."
        )


def edit_manifests(
    db: Database, blobs: Blobs, user_id: str, edits: Sequence[NamedEdit], *, quota: int | None = None
) -> int:
    """Store what the edits name, in their order; return how many are new. Every blob is to be stored already.

    For a worker thread, outside a transaction. Raises UnknownManifest or ManifestLost (of a base), HashMismatch,
    ManifestInvalid, TooManyEntries, BatchTooLarge, BlobsMissing, QuotaExceeded or Unavailable.
    """
    batch = _Batch(db, blobs, user_id, quota)
    try:
        return batch.store(edits)
    except BaseException:
        with suppress(Unavailable):  # a stray is collected later
            blobs.delete(batch.keys())
        raise


class _Batch:
    """What is known, and made so far."""

    def __init__(self, db: Database, blobs: Blobs, user_id: str, quota: int | None) -> None:
        self._db, self._blobs, self._user_id, self._quota = db, blobs, user_id, quota
        self._known: dict[str, Manifest] = {}  # those that are stored, and those that will be
        self._made: list[tuple[Prepared, str]] = []  # without their texts; each with the id of its object
        self._records: dict[str, bytes] = {}
        self._text: tuple[str, bytes] = ("", b"")  # the one that was made or read last
        self._bytes = 0

    def keys(self) -> list[str]:
        """Return the objects that were written."""
        return [manifest_key(self._user_id, one.hash, object_id) for one, object_id in self._made if object_id]

    def store(self, edits: Sequence[NamedEdit]) -> int:
        """Make, write and register them; return how many are new."""
        names = list(dict.fromkeys(name for edit in edits for name in (edit.hash, edit.base_hash)))
        with self._db.read() as tx:
            self._known = store.manifests_named(tx, self._user_id, names)
            check_room(tx, self._user_id, self._quota, 0)
        stored = set(self._known)
        for edit in edits:
            if edit.hash in self._known and (edit.hash not in stored or self._is_readable(edit.hash)):
                continue
            self._make(edit, lost=edit.hash in stored)
        self._blobs.sync(self.keys())
        self._register(stored)
        return len(self._made)

    def _is_readable(self, name: str) -> bool:
        return is_readable(self._db, self._blobs, self._user_id, self._known[name])

    def _make(self, edit: NamedEdit, *, lost: bool) -> None:
        base = self._known.get(edit.base_hash)
        if base is None:
            raise UnknownManifest
        text = self._read(base)
        in_place = base.spliceable or can_be_spliced(text)
        data, gone = exchange(text, edit.changes) if in_place else rebuild(text, edit.changes)
        if hash_bytes(data) != edit.hash:
            raise HashMismatch(edit.hash)
        self._bytes += len(data)
        if self._bytes > BATCH_BYTES:
            raise BatchTooLarge
        self._text = edit.hash, data
        if lost:
            store_again(self._db, self._blobs, self._user_id, self._known[edit.hash], data)
            return
        prepared = None
        if in_place and not base.missing:
            added = [entry for entry in edit.changes.values() if entry is not None]
            prepared = prepare_edited(base, self._load, edit.hash, data, ManifestDelta(gone, added, in_order=True))
        self._keep(prepared or prepare(data, edit.hash), len(data))

    def _read(self, base: Manifest) -> bytes:
        if self._text[0] != base.hash:
            self._text = base.hash, text_of(self._blobs, self._user_id, base, self._load)
        return self._text[1]

    def _load(self, names: Sequence[str]) -> Mapping[str, bytes]:
        lacking = [name for name in names if name not in self._records]
        if lacking:
            with self._db.read() as tx:
                self._records |= store.tree_records(tx, self._user_id, lacking)
        return self._records

    def _keep(self, prepared: Prepared, size: int) -> None:
        """Remember of a manifest what its row and the next ones need, and write its object if it is to have one."""
        object_id = "" if prepared.canonical else put(self._blobs, self._user_id, prepared.hash, prepared.data)
        self._made.append((replace(prepared, data=b""), object_id))
        self._records |= prepared.forest.records
        top = prepared.top
        self._known[prepared.hash] = Manifest(
            prepared.hash, object_id, size, top.hash, prepared.entries, top.files, top.size, 0, prepared.spliceable
        )

    def _register(self, stored: set[str]) -> None:
        """Write the rows; what was stored before has to be there still, as a collection may have come between."""
        made = [(self._known[one.hash], one) for one, _ in self._made]
        with self._db.write() as tx:
            store.lock(tx, self._user_id)
            now = store.manifests_named(tx, self._user_id, [*stored, *(row.hash for row, _ in made)])
            if any(row.hash in now for row, _ in made):  # another request was faster: asking again finds them stored
                raise Unavailable("These manifests are being stored by another request.", hint="Send it again.")
            if any(name not in now or (now[name].missing and not self._known[name].missing) for name in stored):
                raise UnknownManifest
            store.touch_manifests(tx, self._user_id, list(stored))
            fresh = frozenset[str]().union(*(one.blobs for _, one in made))
            missing = fresh.difference(store.places(tx, self._user_id, list(fresh)))
            if missing:
                raise BlobsMissing(sorted(missing))
            rows = [(row, one.regular) for row, one in made]
            taken = store.insert_manifests(tx, self._user_id, rows, self._new_records())
            check_room(tx, self._user_id, self._quota, taken)
            store.add_usage(tx, self._user_id, Usage(manifest_count=len(made), manifest_bytes=taken))

    def _new_records(self) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for one, _ in self._made:
            found |= one.forest.records
        return found
