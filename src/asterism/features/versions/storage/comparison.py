"""Reading a manifest by comparing it with one that is stored: the cost is that of what differs (ADR 0012)."""

from asterism.features.versions.storage import store
from asterism.features.versions.storage.errors import ManifestLost
from asterism.features.versions.storage.models import Manifest, Prepared
from asterism.features.versions.storage.records import stored_records
from asterism.features.versions.storage.texts import text_of
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.vcs import rules
from asterism.vcs.manifest import encode, read
from asterism.vcs.manifest_delta import ManifestDelta, compare_texts
from asterism.vcs.splice import exchange
from asterism.vcs.tree import Load
from asterism.vcs.tree_edit import EditRefused, edit_tree

WORTHWHILE_BYTES = 100_000
RECENT = 8


def prepare_by_comparing(db: Database, blobs: Blobs, user_id: str, named: str, data: bytes) -> Prepared | None:
    """Take a manifest apart with the help of a recent one; None when there is none like it, or it may be invalid."""
    if len(data) < WORTHWHILE_BYTES:
        return None
    base = _choose(db, user_id, len(data))
    if base is None:
        return None
    load = stored_records(db, user_id)
    try:
        text = text_of(blobs, user_id, base, load)
    except ManifestLost:
        return None
    delta = compare_texts(text, data)
    if delta is None:
        return None
    canonical = not base.object_id and _is_edited(text, delta, data)
    return prepare_edited(base, load, named, data, delta, canonical=canonical)


def _is_edited(text: bytes, delta: ManifestDelta, data: bytes) -> bool:
    """Say whether `data` is what changing a canonical text so makes of it, and so in the canonical form too."""
    changes = {entry.path: None for entry in delta.removed} | {entry.path: entry for entry in delta.added}
    return exchange(text, changes)[0] == data


def prepare_edited(
    base: Manifest, load: Load, named: str, data: bytes, delta: ManifestDelta, *, canonical: bool | None = None
) -> Prepared | None:
    """Take a manifest apart that is `base`, which lacks no blob, with some entries exchanged; None as above.

    `canonical` says whether the result is in that form; None, that it is if `base` is.
    """
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
    if canonical is None:  # a base with an object may be canonical too, if it was stored long ago
        canonical = not base.object_id or encode(read(data)) == data
    spliceable = base.spliceable and delta.in_order
    return Prepared(named, data, entries, fresh, top, forest, True, spliceable, canonical, base.hash)


def _choose(db: Database, user_id: str, size: int) -> Manifest | None:
    """Return the recently used manifest whose size comes nearest."""
    with db.read() as tx:
        recent = store.recent_manifests(tx, user_id, RECENT)
    near = [found for found in recent if size / 2 <= found.size <= size * 2]
    return min(near, key=lambda found: abs(found.size - size), default=None)
