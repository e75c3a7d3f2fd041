"""Reading a manifest by comparing it with one that is stored: the cost is that of what differs (ADR 0012)."""

from collections.abc import Mapping, Sequence

from asterism.features.versions.storage import store
from asterism.features.versions.storage.keys import manifest_key
from asterism.features.versions.storage.models import Manifest, Prepared
from asterism.kernel.blobs import Blobs, ObjectMissing
from asterism.kernel.db import Database
from asterism.vcs import rules
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest_delta import ManifestDelta, compare_texts
from asterism.vcs.tree import Load
from asterism.vcs.tree_edit import EditRefused, edit_tree

WORTHWHILE_BYTES = 100_000
RECENT = 8


def prepare_by_comparing(db: Database, blobs: Blobs, user_id: str, named: str, data: bytes) -> Prepared | None:
    """Take a manifest apart with the help of a recent one; None when there is none like it, or it may be invalid."""
    if len(data) < WORTHWHILE_BYTES:
        return None
    base = _choose(db, user_id, len(data))
    delta = _compare(blobs, user_id, base, data) if base is not None else None
    if base is None or delta is None:
        return None
    return prepare_edited(base, stored_records(db, user_id), named, data, delta)


def stored_records(db: Database, user_id: str) -> Load:
    """Return how stored folder records are read."""

    def load(names: Sequence[str]) -> Mapping[str, bytes]:
        with db.read() as tx:
            return store.tree_records(tx, user_id, names)

    return load


def prepare_edited(base: Manifest, load: Load, named: str, data: bytes, delta: ManifestDelta) -> Prepared | None:
    """Take a manifest apart that is `base`, which lacks no blob, with some entries exchanged; None as above."""
    if rules.suspicious(delta.added):
        return None
    entries = base.entries - len(delta.removed) + len(delta.added)
    if entries > rules.MAX_ENTRIES:
        return None
    try:
        top, forest = edit_tree(base.root, delta.removed, delta.added, load)
    except (EditRefused, KeyError):
        return None
    fresh = frozenset(entry.hash for entry in delta.added if entry.type == "file")
    return Prepared(named, data, entries, fresh, top, forest, True, base.spliceable and delta.in_order, base.hash)


def _choose(db: Database, user_id: str, size: int) -> Manifest | None:
    """Return the recently used manifest whose size comes nearest."""
    with db.read() as tx:
        recent = store.recent_manifests(tx, user_id, RECENT)
    near = [found for found in recent if size / 2 <= found.size <= size * 2]
    return min(near, key=lambda found: abs(found.size - size), default=None)


def _compare(blobs: Blobs, user_id: str, base: Manifest, data: bytes) -> ManifestDelta | None:
    try:
        text = blobs.get(manifest_key(user_id, base.hash, base.object_id))
    except ObjectMissing:
        return None
    if hash_bytes(text) != base.hash:
        return None
    return compare_texts(text, data)
