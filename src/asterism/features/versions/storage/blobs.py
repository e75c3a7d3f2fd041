"""Use cases of blobs: what is there, reading, storing.

Contents are kept in packs: one object for many small blobs that came together, or for one large one (ADR 0011).
Storing goes in two steps, so that no transaction is open while bytes move: a pack is written and made durable, then
`register` says in the database which blobs it holds. A pack that never gets that far is a stray, which a garbage
collection removes later; nothing ever refers to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from asterism.base import ids
from asterism.features.versions.storage import store
from asterism.features.versions.storage.errors import BlobGone, BlobsMissing, HashMismatch, QuotaExceeded, UnknownBlob
from asterism.features.versions.storage.keys import pack_key
from asterism.features.versions.storage.models import Pack, Place, Usage
from asterism.kernel.blobs import Blobs, ObjectMissing, Spool
from asterism.kernel.db import Database, Tx
from asterism.vcs.content import hash_bytes, is_hash


@dataclass(frozen=True, slots=True)
class Found:
    """Which of some named blobs are stored, each once, in the order of asking."""

    missing: list[str]
    existing: list[str]


def find(tx: Tx, user_id: str, names: Sequence[str]) -> Found:
    """Say which blobs are stored; a text that is no hash is not."""
    distinct = list(dict.fromkeys(names))
    stored = store.places(tx, user_id, [name for name in distinct if is_hash(name)])
    return Found([n for n in distinct if n not in stored], [n for n in distinct if n in stored])


def keep(tx: Tx, user_id: str, hashes: Sequence[str]) -> Found:
    """Say which blobs are still stored, and keep those from being collected for a while: a client relies on it."""
    store.touch_blobs(tx, user_id, hashes)
    return find(tx, user_id, hashes)


def hold(tx: Tx, user_id: str) -> None:
    """Keep garbage collections of the user's storage out until the transaction ends."""
    store.lock(tx, user_id)


def locate(tx: Tx, user_id: str, blob: str) -> Place:
    """Return where a stored blob is. Raises BlobGone when only a manifest names it, else UnknownBlob."""
    place = store.places(tx, user_id, [blob]).get(blob)
    if place is not None:
        return place
    raise BlobGone(blob) if store.is_awaited(tx, user_id, blob) else UnknownBlob


def read(
    db: Database, blobs: Blobs, user_id: str, blob: str, place: Place, start: int = 0, end: int | None = None
) -> Iterator[bytes]:
    """Yield the bytes from `start` up to `end` (default: all) of a located blob.

    One that a collection has just moved into another pack is looked up again.
    """
    end = place.size if end is None else end
    try:
        pieces = blobs.read(pack_key(user_id, place.pack_id), place.start + start, place.start + end)
        first = next(pieces, b"")
    except ObjectMissing:
        with db.read() as tx:
            moved = locate(tx, user_id, blob)
        yield from blobs.read(pack_key(user_id, moved.pack_id), moved.start + start, moved.start + end)
        return
    yield first
    yield from pieces


def content(tx: Tx, blobs: Blobs, user_id: str, blob: str) -> bytes:
    """Return a whole stored blob; for blobs that are known to be small. Raises BlobsMissing."""
    place = store.places(tx, user_id, [blob]).get(blob)
    if place is None:
        raise BlobsMissing([blob])
    return blobs.get_range(pack_key(user_id, place.pack_id), place.start, place.start + place.size)


def check_room(tx: Tx, user_id: str, quota: int) -> None:
    """Raise QuotaExceeded when nothing more fits."""
    used = store.usage(tx, user_id)
    if used.blob_bytes + used.manifest_bytes >= quota:
        raise QuotaExceeded(quota)


def write_pack(blobs: Blobs, user_id: str, contents: Mapping[str, bytes]) -> Pack:
    """Write contents, given by hash, as one durable object."""
    places: dict[str, tuple[int, int]] = {}
    position = 0
    for blob, data in contents.items():
        places[blob] = (position, len(data))
        position += len(data)
    pack = Pack(ids.ulid(), position, places)
    key = pack_key(user_id, pack.id)
    blobs.put(key, b"".join(contents.values()))
    blobs.sync([key])
    return pack


def write_spool(blobs: Blobs, user_id: str, spool: Spool) -> Pack:
    """Write a spooled content as one durable object."""
    pack = Pack(ids.ulid(), spool.size, {spool.hash: (0, spool.size)})
    key = pack_key(user_id, pack.id)
    blobs.put_spool(key, spool)
    blobs.sync([key])
    return pack


def register(tx: Tx, blobs: Blobs, user_id: str, pack: Pack) -> dict[str, int]:
    """Say that a written pack holds its blobs; return the sizes of those that were not stored before.

    A pack that holds nothing new, because others were faster, is removed again.
    """
    store.lock(tx, user_id)
    known = store.places(tx, user_id, list(pack.blobs))
    store.touch_blobs(tx, user_id, list(known))
    fresh = {blob: place for blob, place in pack.blobs.items() if blob not in known}
    sizes = {blob: size for blob, (_, size) in fresh.items()}
    if fresh:
        store.insert_pack(tx, user_id, pack, fresh)
        store.add_usage(tx, user_id, Usage(len(fresh), sum(sizes.values())))
    else:
        tx.after_commit(lambda: blobs.delete([pack_key(user_id, pack.id)]))
    return sizes


def store_spool(db: Database, blobs: Blobs, user_id: str, named: str, spool: Spool) -> bool:
    """Store one uploaded blob under the hash it was sent for; return whether it is new. Raises HashMismatch."""
    if spool.hash != named:
        raise HashMismatch(named)
    with db.read() as tx:
        known = not find(tx, user_id, [named]).missing
    if known:
        with db.write() as tx:
            store.lock(tx, user_id)
            if not keep(tx, user_id, [named]).missing:
                return False
    pack = write_spool(blobs, user_id, spool)
    with db.write() as tx:
        return named in register(tx, blobs, user_id, pack)


def store_bytes(tx: Tx, blobs: Blobs, user_id: str, contents: Sequence[bytes]) -> list[str]:
    """Store contents that the server itself made, inside the caller's transaction; return their hashes in order."""
    named = {hash_bytes(data): data for data in contents}
    store.lock(tx, user_id)
    fresh = {blob: named[blob] for blob in keep(tx, user_id, list(named)).missing}
    if fresh:
        register(tx, blobs, user_id, write_pack(blobs, user_id, fresh))
    return [hash_bytes(data) for data in contents]
