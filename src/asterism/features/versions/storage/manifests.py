"""Use cases of manifests: storing, reading, and the folder records behind them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from asterism.base.errors import Unavailable
from asterism.features.versions.storage import store
from asterism.features.versions.storage.blobs import check_room
from asterism.features.versions.storage.comparison import prepare_by_comparing, prepare_edited
from asterism.features.versions.storage.errors import MOST_NAMED, BlobsMissing, HashMismatch, UnknownManifest
from asterism.features.versions.storage.keys import manifest_key
from asterism.features.versions.storage.models import Manifest, Prepared, Usage
from asterism.features.versions.storage.records import loader, stored_records
from asterism.features.versions.storage.texts import is_readable, store_again, text_of, write
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx
from asterism.vcs import manifest as format
from asterism.vcs import tree
from asterism.vcs.content import hash_bytes, is_hash
from asterism.vcs.manifest import Entry
from asterism.vcs.manifest_delta import ManifestDelta, has_regular_layout, paths_ascend
from asterism.vcs.tree_text import write_text


def prepare(data: bytes, named: str) -> Prepared:
    """Read, check and take apart a manifest. Raises InvalidJson, ManifestInvalid or TooManyEntries."""
    entries = format.read(data)
    top, forest = tree.build(entries)
    blobs = frozenset(entry.hash for entry in entries if entry.type == "file")
    canonical = write_text(top.hash, lambda _: forest.records) == data
    regular = (canonical and bool(entries)) or has_regular_layout(data)
    spliceable = regular and paths_ascend(data)
    return Prepared(named, data, len(entries), blobs, top, forest, regular, spliceable, canonical)


def upload(db: Database, blobs: Blobs, user_id: str, named: str, data: bytes, *, quota: int | None = None) -> bool:
    """Store the exact bytes of a manifest; return whether it is new. Runs in a worker thread, outside a transaction.

    One that is stored is read back, and written again when it was lost. Raises what `prepare` raises, QuotaExceeded and
    Unavailable.
    """
    if hash_bytes(data) != named:
        raise HashMismatch(named)
    return store_manifest(db, blobs, user_id, named, data, quota=quota)


def store_manifest(
    db: Database,
    blobs: Blobs,
    user_id: str,
    named: str,
    data: bytes,
    *,
    quota: int | None = None,
    edited: tuple[str, ManifestDelta] | None = None,
    prepared: Prepared | None = None,
) -> bool:
    """Store a manifest whose hash is known to be `named`, otherwise as `upload` does.

    `edited` names a stored manifest and what was changed in it, and spares finding that out. `prepared` is
    what comes of that.
    """
    with db.read() as tx:
        known = store.manifest(tx, user_id, named)
    if known is not None:
        if not is_readable(db, blobs, user_id, known):
            store_again(db, blobs, user_id, known, data)
        with db.write() as tx:
            store.lock(tx, user_id)
            if store.touch_manifest(tx, user_id, named):
                return False
    with db.read() as tx:
        check_room(tx, user_id, quota)
    if prepared is None and edited is not None:
        prepared = _prepare_edited(db, user_id, named, data, *edited)
    elif prepared is None:
        prepared = prepare_by_comparing(db, blobs, user_id, named, data)
    prepared = prepared or prepare(data, named)
    object_id = "" if prepared.canonical else write(blobs, user_id, prepared.hash, prepared.data)
    try:
        with db.write() as tx:
            created = register(tx, blobs, user_id, prepared, object_id, quota)
    except BaseException:
        if object_id:
            with suppress(Unavailable):  # a stray is collected later
                blobs.delete([manifest_key(user_id, named, object_id)])
        raise
    if prepared.canonical:
        blobs.recent.keep(named, data)
    return created


def _prepare_edited(
    db: Database, user_id: str, named: str, data: bytes, base_hash: str, delta: ManifestDelta
) -> Prepared | None:
    with db.read() as tx:
        base = store.manifest(tx, user_id, base_hash)
    if base is None or base.missing:
        return None
    return prepare_edited(base, stored_records(db, user_id), named, data, delta)


def register(tx: Tx, blobs: Blobs, user_id: str, prepared: Prepared, object_id: str, quota: int | None) -> bool:
    """Say that a manifest is stored, whose bytes were written unless it is canonical; return whether it was not before.

    Raises QuotaExceeded; what the server itself makes is counted but never refused (`quota` None).
    """
    store.lock(tx, user_id)
    if store.touch_manifest(tx, user_id, prepared.hash):
        if object_id:
            tx.after_commit(lambda: blobs.delete([manifest_key(user_id, prepared.hash, object_id)]))
        return False
    if prepared.base is not None and not _is_complete(tx, user_id, prepared.base):
        prepared = prepare(prepared.data, prepared.hash)  # a collection took the other manifest meanwhile
    missing = prepared.blobs.difference(store.places(tx, user_id, list(prepared.blobs)))
    taken = store.insert_manifest(tx, user_id, prepared, object_id, sorted(missing))
    check_room(tx, user_id, quota, taken)
    store.add_usage(tx, user_id, Usage(manifest_count=1, manifest_bytes=taken))
    return True


def _is_complete(tx: Tx, user_id: str, manifest_hash: str) -> bool:
    found = store.manifest(tx, user_id, manifest_hash)
    return found is not None and found.missing == 0


def store_entries(tx: Tx, blobs: Blobs, user_id: str, entries: Sequence[Entry]) -> Manifest:
    """Store a manifest that the server itself made, inside the caller's transaction."""
    data = format.encode(entries)
    prepared = prepare(data, hash_bytes(data))
    store.lock(tx, user_id)
    if not store.touch_manifest(tx, user_id, prepared.hash):
        register(tx, blobs, user_id, prepared, "", None)
    return manifest(tx, user_id, prepared.hash)


def find_manifest(tx: Tx, user_id: str, manifest_hash: str) -> Manifest | None:
    """Return a stored manifest, None when it is not stored (or is no hash at all)."""
    return store.manifest(tx, user_id, manifest_hash) if is_hash(manifest_hash) else None


def manifest(tx: Tx, user_id: str, manifest_hash: str) -> Manifest:
    """Return a stored manifest. Raises UnknownManifest."""
    found = find_manifest(tx, user_id, manifest_hash)
    if found is None:
        raise UnknownManifest
    return found


def manifest_bytes(tx: Tx, blobs: Blobs, user_id: str, manifest_hash: str) -> bytes:
    """Return the exact stored bytes, verified. Raises UnknownManifest or ManifestLost."""
    return text_of(blobs, user_id, manifest(tx, user_id, manifest_hash), loader(tx, user_id))


def entries(tx: Tx, blobs: Blobs, user_id: str, manifest_hash: str) -> list[Entry]:
    """Return the entries of a stored manifest. Raises UnknownManifest or ManifestLost."""
    return format.read(manifest_bytes(tx, blobs, user_id, manifest_hash))


def missing_counts(tx: Tx, user_id: str, hashes: Sequence[str]) -> Mapping[str, int]:
    """Return how many blobs each of these manifests lacks; complete ones are absent."""
    return store.missing_counts(tx, user_id, hashes)


def require_complete(tx: Tx, user_id: str, manifest_hash: str) -> Manifest:
    """Return a manifest all of whose blobs are stored. Raises UnknownManifest or BlobsMissing (409)."""
    found = manifest(tx, user_id, manifest_hash)
    if found.missing:
        raise BlobsMissing(store.missing_of(tx, user_id, manifest_hash, MOST_NAMED))
    return found
