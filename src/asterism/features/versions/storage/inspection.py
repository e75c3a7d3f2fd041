"""Reading everything that is stored for a user and comparing it with what it is named (ADR 0039).

With `repair`, what can be found out is written down: blobs that are lost count as not stored, so that clients send
them again; what can be made from what is left is made. Nothing is ever deleted here, and a server may run meanwhile:
each step is a transaction of its own that holds the user's storage.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

from asterism.features.versions.storage import inspection_store, store
from asterism.features.versions.storage.collection_models import Roots
from asterism.features.versions.storage.errors import ManifestLost
from asterism.features.versions.storage.inspection_models import Inspected
from asterism.features.versions.storage.inspection_store import PackedBlob
from asterism.features.versions.storage.keys import pack_key
from asterism.features.versions.storage.models import Manifest
from asterism.features.versions.storage.records import stored_records
from asterism.features.versions.storage.texts import store_again, stored_text
from asterism.kernel.blobs import Blobs, ObjectMissing
from asterism.kernel.db import Database
from asterism.vcs import manifest as format
from asterism.vcs import tree
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry

PACKS_AT_ONCE = 200
MANIFESTS_AT_ONCE = 200
Progress = Callable[[int], None]


def users_with_storage(db: Database) -> list[str]:
    """Return the ids of all users who store anything."""
    with db.read() as tx:
        return inspection_store.users(tx)


def inspect(
    db: Database, blobs: Blobs, user_id: str, sources: Sequence[Roots], *, repair: bool, progress: Progress
) -> Inspected:
    """Check all that is stored for a user. `progress` is told how many bytes were read. Blocks; raises Unavailable."""
    return _Inspection(db, blobs, user_id, repair, progress).run(sources)


class _Inspection:
    def __init__(self, db: Database, blobs: Blobs, user_id: str, repair: bool, progress: Progress) -> None:
        self._db, self._blobs, self._user_id = db, blobs, user_id
        self._repair, self._progress = repair, progress
        self._result = Inspected()

    def run(self, sources: Sequence[Roots]) -> Inspected:
        for pack_id, contents in self._packs():
            self._check_pack(pack_id, contents)
        for found in self._manifests():
            self._check_manifest(found)
        if self._repair and self._result.lost_blobs:
            self._await_lost_blobs()
        self._find_vanished(sources)
        self._check_usage()
        return self._result

    def _packs(self) -> Iterator[tuple[str, list[PackedBlob]]]:
        cursor = ""
        while True:
            with self._db.read() as tx:
                packs = inspection_store.packs_after(tx, self._user_id, cursor, PACKS_AT_ONCE)
                contents = {pack_id: inspection_store.contents(tx, self._user_id, pack_id) for pack_id in packs}
            yield from contents.items()
            if len(packs) < PACKS_AT_ONCE:
                return
            cursor = packs[-1]

    def _check_pack(self, pack_id: str, contents: list[PackedBlob]) -> None:
        lost: list[str] = []
        recovered: list[str] = []
        for blob in contents:
            good = self._is_good(pack_id, blob)
            if not good and self._still_there(pack_id, blob):  # else a collection moved or took it meanwhile
                self._result.lost_blobs.append(blob.hash)
                lost += [blob.hash] if not blob.lost else []
            elif good and blob.lost:
                recovered.append(blob.hash)
            self._result.blobs += 1
            self._result.bytes += blob.size
        self._result.recovered_blobs += recovered
        if self._repair and (lost or recovered):
            with self._db.write() as tx:
                store.lock(tx, self._user_id)
                store.mark_lost(tx, self._user_id, lost, lost=True)
                store.mark_lost(tx, self._user_id, recovered, lost=False)
        self._progress(self._result.bytes)

    def _is_good(self, pack_id: str, blob: PackedBlob) -> bool:
        digest = hashlib.sha256()
        try:
            for piece in self._blobs.read(pack_key(self._user_id, pack_id), blob.start, blob.start + blob.size):
                digest.update(piece)
        except ObjectMissing:
            return False
        return digest.hexdigest() == blob.hash

    def _still_there(self, pack_id: str, blob: PackedBlob) -> bool:
        with self._db.read() as tx:
            return blob in inspection_store.contents(tx, self._user_id, pack_id)

    def _manifests(self) -> Iterator[Manifest]:
        cursor = ""
        while True:
            with self._db.read() as tx:
                found = inspection_store.manifests_after(tx, self._user_id, cursor, MANIFESTS_AT_ONCE)
            yield from found
            if len(found) < MANIFESTS_AT_ONCE:
                return
            cursor = found[-1].hash

    def _check_manifest(self, found: Manifest) -> None:
        self._result.manifests += 1
        data = self._bytes_of(found)
        entries = self._entries_of_trees(found)
        if data is None and not self._still_stored(found):
            return
        if data is None:
            self._result.lost_manifests.append(found.hash)
            self._rebuild(found, entries)
        elif entries is None:
            self._result.broken_trees.append(found.hash)
            if self._repair:
                _, forest = tree.build(format.read(data))
                with self._db.write() as tx:
                    store.lock(tx, self._user_id)
                    store.replace_trees(tx, self._user_id, forest.records)

    def _bytes_of(self, found: Manifest) -> bytes | None:
        try:
            return stored_text(self._blobs, self._user_id, found, stored_records(self._db, self._user_id))
        except ManifestLost:
            return None

    def _still_stored(self, found: Manifest) -> bool:
        with self._db.read() as tx:
            now = store.manifest(tx, self._user_id, found.hash)
        return now is not None and now.object_id == found.object_id

    def _entries_of_trees(self, found: Manifest) -> list[Entry] | None:
        """Return the entries that the folder records say a manifest has, None when they are incomplete or damaged."""
        entries: list[Entry] = []
        waiting = [("", found.root)]
        try:
            while waiting:
                with self._db.read() as tx:
                    records = store.tree_records(tx, self._user_id, list({name for _, name in waiting}))
                if any(hash_bytes(record) != name for name, record in records.items()):
                    return None
                level, waiting = waiting, []
                for folder, name in level:
                    for node in tree.decode(records[name]):
                        path = f"{folder}/{node.name}" if folder else node.name
                        waiting += [(path, node.hash)] if node.type == "dir" else []
                        entries += [] if node.implied else [tree.entry_of(node, path)]
        except KeyError:
            return None
        return entries

    def _rebuild(self, found: Manifest, entries: list[Entry] | None) -> None:
        """Make a lost manifest again, which works where its bytes were in the canonical form that our client writes."""
        data = format.encode(entries) if entries is not None else b""
        if hash_bytes(data) != found.hash:
            return
        self._result.rebuilt_manifests.append(found.hash)
        if self._repair:
            store_again(self._db, self._blobs, self._user_id, found, data)

    def _await_lost_blobs(self) -> None:
        """Note for each manifest which lost blobs it waits for, so that what needs them says so."""
        lost = set(self._result.lost_blobs)
        for found in self._manifests():
            entries = self._entries_of_trees(found) or []
            missing = sorted({entry.hash for entry in entries if entry.type == "file"} & lost)
            if missing:
                with self._db.write() as tx:
                    store.lock(tx, self._user_id)
                    still = [blob for blob in missing if blob not in store.places(tx, self._user_id, missing)]
                    inspection_store.add_missing(tx, self._user_id, found.hash, still)

    def _find_vanished(self, sources: Sequence[Roots]) -> None:
        with self._db.read() as tx:
            named = {name for source in sources if source.manifests for name in source.manifests(tx, self._user_id)}
            stored = inspection_store.manifest_names(tx, self._user_id)
        self._result.vanished_manifests = sorted(named - stored)

    def _check_usage(self) -> None:
        with self._db.write() as tx:
            store.lock(tx, self._user_id)
            counted, noted = inspection_store.counted_usage(tx, self._user_id), store.usage(tx, self._user_id)
            self._result.usage_was_wrong = counted != noted
            if self._repair and counted != noted:
                inspection_store.set_usage(tx, self._user_id, counted)
