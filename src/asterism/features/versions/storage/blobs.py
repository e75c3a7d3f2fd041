"""Use cases of blobs: what is there, reading, storing.

Contents are kept in packs: one object for many small blobs that came together, or for one large one (ADR 0011).
Storing goes in two steps, so that no transaction is open while bytes move: a pack is written and made durable, then
`register` says in the database which blobs it holds. A pack that never gets that far is a stray, which a garbage
collection removes later; nothing ever refers to it.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

import structlog

from asterism.base import ids
from asterism.base.errors import Unavailable
from asterism.features.versions.storage import store
from asterism.features.versions.storage.errors import BlobGone, BlobsMissing, HashMismatch, QuotaExceeded, UnknownBlob
from asterism.features.versions.storage.keys import pack_key
from asterism.features.versions.storage.models import Pack, Place, Usage
from asterism.kernel.blobs import Blobs, ObjectMissing, Spool
from asterism.kernel.db import Database, Tx
from asterism.vcs.content import hash_bytes, is_hash

log = structlog.get_logger("asterism")


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


def find_places(tx: Tx, user_id: str, names: Sequence[str]) -> dict[str, Place]:
    """Return where those blobs are that are stored, to be read with `read` after the transaction."""
    return store.places(tx, user_id, names)


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
    """Return the bytes from `start` up to `end` (default: all) of a located blob in pieces, the first one read already.

    One that a collection has just moved into another pack is looked up again. Raises BlobGone when it is not there, or
    not as long as it was; then it counts as lost. Blocks.
    """
    end = place.size if end is None else end
    try:
        return primed(blobs.read(pack_key(user_id, place.pack_id), place.start + start, place.start + end))
    except ObjectMissing as error:
        with db.read() as tx:
            moved = locate(tx, user_id, blob)
        if moved == place:
            report_lost(db, user_id, blob, place)
            raise BlobGone(blob) from error
    return read(db, blobs, user_id, blob, moved, start, end)


def primed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Return an iterator over the same pieces whose first one was read already, so that its errors are raised here."""
    first = next(pieces, b"")
    return chain((first,), pieces)


def verify(db: Database, blobs: Blobs, user_id: str, blob: str, place: Place) -> None:
    """Read a located blob and compare it with its hash. Raises BlobGone when it differs; then it counts as lost."""
    digest = hashlib.sha256()
    for piece in read(db, blobs, user_id, blob, place):
        digest.update(piece)
    if digest.hexdigest() != blob:
        report_lost(db, user_id, blob, place)
        raise BlobGone(blob)


def read_whole(db: Database, blobs: Blobs, user_id: str, blob: str, place: Place) -> bytes:
    """Return a located blob that is known to be small, verified. Raises BlobGone as `verify` does."""
    data = b"".join(read(db, blobs, user_id, blob, place))
    if hash_bytes(data) != blob:
        report_lost(db, user_id, blob, place)
        raise BlobGone(blob)
    return data


def report_lost(db: Database, user_id: str, blob: str, place: Place) -> None:
    """Note that a blob was not found where it is said to be, so that clients send it again (ADR 0039)."""
    log.warning("a stored blob was lost or is damaged", blob=blob, pack=place.pack_id)
    with db.write() as tx:
        store.lock(tx, user_id)
        if store.places(tx, user_id, [blob]).get(blob) == place:  # else it was repaired or moved meanwhile
            store.mark_lost(tx, user_id, [blob], lost=True)


def intact(db: Database, blobs: Blobs, user_id: str, named: Sequence[str]) -> list[str]:
    """Return those of some blobs that are stored and read back as what they are named; others now count as lost."""
    with db.read() as tx:
        known = store.places(tx, user_id, named)
    good: list[str] = []
    for blob, place in known.items():
        with suppress(BlobGone, UnknownBlob):
            verify(db, blobs, user_id, blob, place)
            good.append(blob)
    return good


def content(tx: Tx, blobs: Blobs, user_id: str, blob: str) -> bytes:
    """Return a whole stored blob, verified; for small ones. Raises BlobsMissing, also when it is damaged."""
    place = store.places(tx, user_id, [blob]).get(blob)
    if place is None:
        raise BlobsMissing([blob])
    try:
        data = blobs.get_range(pack_key(user_id, place.pack_id), place.start, place.start + place.size)
    except ObjectMissing as error:
        raise BlobsMissing([blob]) from error
    if hash_bytes(data) != blob:
        raise BlobsMissing([blob])
    return data


def check_room(tx: Tx, user_id: str, quota: int | None, more: int = 1) -> None:
    """Raise QuotaExceeded when `more` bytes do not fit; a promise only where the user's storage is held."""
    used = store.usage(tx, user_id)
    if quota is not None and used.blob_bytes + used.manifest_bytes + more > quota:
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


def register(tx: Tx, blobs: Blobs, user_id: str, pack: Pack, quota: int | None) -> dict[str, int]:
    """Say that a written pack holds its blobs; return the sizes of those that were not stored before.

    A pack that holds nothing new, because others were faster, is removed again. Raises QuotaExceeded when the new ones
    do not fit; what the server itself makes is counted but never refused (`quota` None).
    """
    store.lock(tx, user_id)
    known = store.places(tx, user_id, list(pack.blobs))
    store.touch_blobs(tx, user_id, list(known))
    fresh = {blob: place for blob, place in pack.blobs.items() if blob not in known}
    sizes = {blob: size for blob, (_, size) in fresh.items()}
    if fresh:
        store.drop_lost(tx, user_id, list(fresh))
        check_room(tx, user_id, quota, sum(sizes.values()))
        store.insert_pack(tx, user_id, pack, fresh)
        store.add_usage(tx, user_id, Usage(len(fresh), sum(sizes.values())))
    else:
        tx.after_commit(lambda: blobs.delete([pack_key(user_id, pack.id)]))
    return sizes


def store_pack(db: Database, blobs: Blobs, user_id: str, pack: Pack, quota: int) -> dict[str, int]:
    """Register a written pack in a transaction of its own; return what was new, as `register`.

    A pack that was not registered is removed. Raises QuotaExceeded.
    """
    try:
        with db.write() as tx:
            return register(tx, blobs, user_id, pack, quota)
    except BaseException:
        with suppress(Unavailable):  # a stray is collected later
            blobs.delete([pack_key(user_id, pack.id)])
        raise


def keep_intact(db: Database, blobs: Blobs, user_id: str, named: Sequence[str]) -> list[str]:
    """Keep those of some blobs that are stored and intact for a while, and return them.

    They were sent although they are stored, perhaps because they were not: so they are read back, and what turns out to
    be lost is left to be stored anew.
    """
    good = intact(db, blobs, user_id, named)
    if not good:
        return []
    with db.write() as tx:
        store.lock(tx, user_id)
        return keep(tx, user_id, good).existing


def store_spool(db: Database, blobs: Blobs, user_id: str, named: str, spool: Spool, quota: int) -> bool:
    """Store one uploaded blob under the hash it was sent for; return whether it is new, or was lost.

    Raises HashMismatch or QuotaExceeded.
    """
    if spool.hash != named:
        raise HashMismatch(named)
    if keep_intact(db, blobs, user_id, [named]):
        return False
    return named in store_pack(db, blobs, user_id, write_spool(blobs, user_id, spool), quota)


def store_small(db: Database, blobs: Blobs, user_id: str, contents: Mapping[str, bytes], quota: int) -> dict[str, int]:
    """Store contents, given by their hashes, as one pack; return the sizes of those that were not stored, or lost.

    For a worker thread, outside a transaction; all of them together are held in memory. Raises QuotaExceeded.
    """
    kept = set(keep_intact(db, blobs, user_id, list(contents)))
    missing = {blob: data for blob, data in contents.items() if blob not in kept}
    if not missing:
        return {}
    with db.read() as tx:  # spares writing what cannot be kept; what counts is checked when it is registered
        check_room(tx, user_id, quota)
    return store_pack(db, blobs, user_id, write_pack(blobs, user_id, missing), quota)


def store_bytes(tx: Tx, blobs: Blobs, user_id: str, contents: Sequence[bytes]) -> list[str]:
    """Store contents that the server itself made, inside the caller's transaction; return their hashes in order."""
    named = {hash_bytes(data): data for data in contents}
    store.lock(tx, user_id)
    fresh = {blob: named[blob] for blob in keep(tx, user_id, list(named)).missing}
    if fresh:
        register(tx, blobs, user_id, write_pack(blobs, user_id, fresh), None)
    return [hash_bytes(data) for data in contents]
