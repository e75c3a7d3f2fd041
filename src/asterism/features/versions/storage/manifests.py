"""Use cases of manifests: storing, reading, and the folder records behind them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from asterism.base import ids
from asterism.base.errors import Unavailable
from asterism.features.versions.storage import store
from asterism.features.versions.storage.blobs import check_room
from asterism.features.versions.storage.comparison import prepare_by_comparing, prepare_edited, stored_records
from asterism.features.versions.storage.errors import (
    MOST_NAMED,
    BlobsMissing,
    HashMismatch,
    ManifestLost,
    UnknownManifest,
)
from asterism.features.versions.storage.keys import manifest_key
from asterism.features.versions.storage.models import Manifest, Prepared, Usage
from asterism.kernel.blobs import Blobs, ObjectMissing
from asterism.kernel.db import Database, Tx
from asterism.vcs import manifest as format
from asterism.vcs import tree
from asterism.vcs.content import hash_bytes, is_hash
from asterism.vcs.manifest import Entry
from asterism.vcs.manifest_delta import ManifestDelta, has_regular_layout, paths_ascend


def prepare(data: bytes, named: str) -> Prepared:
    """Read, check and take apart a manifest. Raises InvalidJson, ManifestInvalid or TooManyEntries."""
    entries = format.read(data)
    top, forest = tree.build(entries)
    blobs = frozenset(entry.hash for entry in entries if entry.type == "file")
    regular = has_regular_layout(data)
    return Prepared(named, data, len(entries), blobs, top, forest, regular, regular and paths_ascend(data))


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
) -> bool:
    """Store a manifest whose hash is known to be `named`, otherwise as `upload` does.

    `edited` names a stored manifest and what was changed in it, and spares finding that out.
    """
    with db.read() as tx:
        known = store.manifest(tx, user_id, named)
    if known is not None:
        if not is_readable(blobs, user_id, known, data):
            replace_object(db, blobs, user_id, named, data)
        with db.write() as tx:
            store.lock(tx, user_id)
            if store.touch_manifest(tx, user_id, named):
                return False
    with db.read() as tx:
        check_room(tx, user_id, quota, len(data))
    if edited is None:
        prepared = prepare_by_comparing(db, blobs, user_id, named, data) or prepare(data, named)
    else:
        prepared = _prepare_edited(db, user_id, named, data, *edited) or prepare(data, named)
    object_id = write(blobs, user_id, prepared.hash, prepared.data)
    try:
        with db.write() as tx:
            return register(tx, blobs, user_id, prepared, object_id, quota)
    except BaseException:
        with suppress(Unavailable):  # a stray is collected later
            blobs.delete([manifest_key(user_id, named, object_id)])
        raise


def _prepare_edited(
    db: Database, user_id: str, named: str, data: bytes, base_hash: str, delta: ManifestDelta
) -> Prepared | None:
    with db.read() as tx:
        base = store.manifest(tx, user_id, base_hash)
    if base is None or base.missing:
        return None
    return prepare_edited(base, stored_records(db, user_id), named, data, delta)


def is_readable(blobs: Blobs, user_id: str, found: Manifest, data: bytes | None = None) -> bool:
    """Say whether a stored manifest's bytes are there and are what they were: `data`, where the caller has them."""
    try:
        stored = blobs.get(manifest_key(user_id, found.hash, found.object_id))
    except ObjectMissing:
        return False
    return stored == data if data is not None else hash_bytes(stored) == found.hash


def replace_object(db: Database, blobs: Blobs, user_id: str, manifest_hash: str, data: bytes) -> None:
    """Write the bytes of a stored manifest, which were lost, anew."""
    object_id = write(blobs, user_id, manifest_hash, data)
    with db.write() as tx:
        store.lock(tx, user_id)
        before = store.set_manifest_object(tx, user_id, manifest_hash, object_id)
    useless = object_id if before is None else before
    blobs.delete([manifest_key(user_id, manifest_hash, useless)])


def write(blobs: Blobs, user_id: str, manifest_hash: str, data: bytes) -> str:
    """Write a manifest's bytes as a durable object; return the object's id."""
    object_id = put(blobs, user_id, manifest_hash, data)
    blobs.sync([manifest_key(user_id, manifest_hash, object_id)])
    return object_id


def put(blobs: Blobs, user_id: str, manifest_hash: str, data: bytes) -> str:
    """Write a manifest's bytes as an object that somebody has yet to make durable; return the object's id."""
    object_id = ids.ulid()
    blobs.put(manifest_key(user_id, manifest_hash, object_id), data)
    return object_id


def register(tx: Tx, blobs: Blobs, user_id: str, prepared: Prepared, object_id: str, quota: int | None) -> bool:
    """Say that a manifest, whose bytes were written, is stored; return whether it was not before.

    Raises QuotaExceeded; what the server itself makes is counted but never refused (`quota` None).
    """
    store.lock(tx, user_id)
    if store.touch_manifest(tx, user_id, prepared.hash):
        tx.after_commit(lambda: blobs.delete([manifest_key(user_id, prepared.hash, object_id)]))
        return False
    if prepared.base is not None and not _is_complete(tx, user_id, prepared.base):
        prepared = prepare(prepared.data, prepared.hash)  # a collection took the other manifest meanwhile
    check_room(tx, user_id, quota, len(prepared.data))
    missing = prepared.blobs.difference(store.places(tx, user_id, list(prepared.blobs)))
    store.insert_manifest(tx, user_id, prepared, object_id, sorted(missing))
    store.add_usage(tx, user_id, Usage(manifest_count=1, manifest_bytes=len(prepared.data)))
    return True


def _is_complete(tx: Tx, user_id: str, manifest_hash: str) -> bool:
    found = store.manifest(tx, user_id, manifest_hash)
    return found is not None and found.missing == 0


def store_entries(tx: Tx, blobs: Blobs, user_id: str, entries: Sequence[Entry]) -> Manifest:
    """Store a manifest that the server itself made, in the canonical form, inside the caller's transaction."""
    data = format.encode(entries)
    prepared = prepare(data, hash_bytes(data))
    store.lock(tx, user_id)
    if not store.touch_manifest(tx, user_id, prepared.hash):
        register(tx, blobs, user_id, prepared, write(blobs, user_id, prepared.hash, prepared.data), None)
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
    found = manifest(tx, user_id, manifest_hash)
    try:
        data = blobs.get(manifest_key(user_id, manifest_hash, found.object_id))
    except ObjectMissing as error:
        raise ManifestLost(manifest_hash) from error
    if hash_bytes(data) != manifest_hash:
        raise ManifestLost(manifest_hash)
    return data


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
