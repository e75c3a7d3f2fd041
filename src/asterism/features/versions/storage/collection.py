"""Garbage collection of one user's storage (Fastest 7.6): mark, then sweep in short transactions.

Safe beside uploads: an object's name is never used twice (`keys`), what was used lately is kept, every transaction of
the sweep holds the user's storage and first marks the roots that were added since, and objects are deleted only after
the commit that forgets them. Interrupted anywhere, the next collection finishes the rest.
"""

from collections.abc import Sequence
from contextlib import nullcontext

from asterism.base.clock import shift
from asterism.base.pagination import decode_cursor, encode_cursor
from asterism.features.versions.storage import store, sweep_store
from asterism.features.versions.storage.collection_models import Collected, CollectionRequest, Roots
from asterism.features.versions.storage.keys import manifest_key
from asterism.features.versions.storage.leases import SECONDS, lease
from asterism.features.versions.storage.marks import Marks, check_readable, find_roots, held_blobs, mark
from asterism.features.versions.storage.reclaim import clean_objects
from asterism.features.versions.storage.slimming import slim
from asterism.kernel.blobs import Blobs, Spare
from asterism.kernel.db import Database, Tx
from asterism.kernel.runs import this_process

SWEPT_AT_ONCE = 2000
TREES_AT_ONCE = 5000


def collect(
    db: Database,
    blobs: Blobs,
    user_id: str,
    request: CollectionRequest,
    sources: Sequence[Roots],
    spare: Spare | None = None,
) -> Collected:
    """Find blobs and manifests that nothing refers to, and delete them unless it is a dry run. Blocks.

    Forgetting takes room in the database's journal, so on a full disk the `spare` is given up for it.
    Raises CollectionUnsafe, CollectionRunning, Invalid (cursor) or Unavailable.
    """
    holder = this_process()
    with spare.given_up() if spare is not None else nullcontext(), lease(db, user_id, holder):
        return _Collection(db, blobs, user_id, request, sources, holder).run()


class _Collection:
    def __init__(
        self,
        db: Database,
        blobs: Blobs,
        user_id: str,
        request: CollectionRequest,
        sources: Sequence[Roots],
        holder: str,
    ) -> None:
        self._db, self._blobs, self._user_id = db, blobs, user_id
        self._request, self._sources, self._holder = request, sources, holder
        self._marks = Marks()
        self._candidates: set[str] = set()
        self._orphans: list[str] = []
        self._cutoff = ""
        self._result = Collected(request.dry_run)

    def run(self) -> Collected:
        sizes, old = self._mark()
        self._result.orphaned_blobs = len(self._candidates)
        dead = sorted(blob for blob in self._candidates if blob in old)
        self._result.protected_blobs = len(self._candidates) - len(dead)
        if self._request.dry_run:
            self._result.freed_bytes = sum(sizes[blob] for blob in dead)
            return self._result
        self._sweep_manifests()
        for start in range(0, len(dead), SWEPT_AT_ONCE):
            self._sweep_blobs(dead[start : start + SWEPT_AT_ONCE])
        self._sweep_trees()
        slim(self._db, self._user_id)
        clean_objects(self._db, self._blobs, self._user_id)
        return self._result

    def _mark(self) -> tuple[dict[str, int], set[str]]:
        """Note the orphaned manifests; return the sizes of the examined blobs, and those that are old enough."""
        scope = f"collection:{self._user_id}"
        cursor = decode_cursor(scope, self._request.cursor, tuple[str])[0] if self._request.cursor else ""
        with self._db.read() as tx:
            self._cutoff = shift(tx.now(), seconds=-self._request.min_age_seconds)
            roots = find_roots(tx, self._user_id, self._sources, self._cutoff)
            check_readable(self._blobs, self._user_id, roots.values())
            found = sweep_store.blobs_after(tx, self._user_id, cursor, self._request.max_blobs + 1)
            scanned = found[: self._request.max_blobs]
            self._candidates = {blob for blob, _, _ in scanned} - held_blobs(tx, self._user_id, self._sources)
            mark(tx, self._user_id, roots, self._marks, self._candidates)
            stored = sweep_store.all_manifests(tx, self._user_id)
            if self._request.dry_run:
                self._result.freed_manifest_bytes = sum(
                    self._dead_trees(sweep_store.trees_after(tx, self._user_id)).values()
                )
        orphans = [row for row in stored if row["hash"] not in roots]
        self._orphans = [row["hash"] for row in orphans]
        self._result.scanned_blobs = len(scanned)
        self._result.next_cursor = encode_cursor(scope, [scanned[-1][0]]) if len(found) > len(scanned) else None
        self._result.scanned_manifests = len(stored)
        self._result.orphaned_manifests = len(orphans)
        if self._request.dry_run:
            self._result.freed_manifest_bytes += sum(row["size"] for row in orphans if row["object_id"])
        old = {blob for blob, _, touched in scanned if touched <= self._cutoff}
        return {blob: size for blob, size, _ in scanned}, old

    def _again(self, tx: Tx) -> set[str]:
        """Hold the storage, mark what was added since, and return the manifests that must be kept."""
        store.lock(tx, self._user_id)
        sweep_store.take_lease(tx, self._user_id, self._holder, SECONDS)
        roots = find_roots(tx, self._user_id, self._sources, self._cutoff, set(self._orphans))
        mark(tx, self._user_id, roots, self._marks, self._candidates)
        self._candidates -= held_blobs(tx, self._user_id, self._sources)
        return set(roots)

    def _sweep_manifests(self) -> None:
        for start in range(0, len(self._orphans), SWEPT_AT_ONCE):
            with self._db.write() as tx:
                kept = self._again(tx)
                dead = [name for name in self._orphans[start : start + SWEPT_AT_ONCE] if name not in kept]
                gone = sweep_store.delete_manifests(tx, self._user_id, dead, self._cutoff)
                whole = [row for row in gone if row["object_id"]]
                keys = [manifest_key(self._user_id, row["hash"], row["object_id"]) for row in whole]
                sweep_store.doom(tx, self._user_id, keys)
            self._result.deleted_manifests += len(gone)
            self._result.freed_manifest_bytes += sum(row["size"] for row in whole)

    def _sweep_blobs(self, dead: Sequence[str]) -> None:
        with self._db.write() as tx:
            self._again(tx)
            still = [blob for blob in dead if blob in self._candidates]
            count, size = sweep_store.delete_blobs(tx, self._user_id, still, self._cutoff)
        self._result.deleted_blobs += count
        self._result.freed_bytes += size

    def _sweep_trees(self) -> None:
        """Forget folder records that no kept manifest leads to."""
        cursor = ""
        while True:
            with self._db.write() as tx:
                self._again(tx)
                found = sweep_store.trees_after(tx, self._user_id, cursor, TREES_AT_ONCE)
                dead = self._dead_trees(found)
                sweep_store.delete_trees(tx, self._user_id, dead)
            self._result.freed_manifest_bytes += sum(dead.values())
            if len(found) < TREES_AT_ONCE:
                return
            cursor = found[-1][0]

    def _dead_trees(self, found: Sequence[tuple[str, int]]) -> dict[str, int]:
        return {name: size for name, size in found if bytes.fromhex(name) not in self._marks.trees}
