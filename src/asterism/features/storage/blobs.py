"""Use cases of single blobs: what is there, reading, storing.

Storing goes in two steps, so that no transaction is open while bytes move: `write_objects` puts the content into the
object store and makes it durable, `register` then says so in the database. In between, a garbage collection may
delete the object (it was not registered), which `register` notices by the epoch and answers with Unavailable.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from asterism.base.errors import Unavailable
from asterism.features.storage import store
from asterism.features.storage.errors import BlobGone, HashMismatch, QuotaExceeded, UnknownBlob
from asterism.features.storage.keys import blob_key
from asterism.features.storage.models import Usage
from asterism.kernel.blobs import Blobs, Spool
from asterism.kernel.db import Database, Tx
from asterism.vcs.content import hash_bytes, is_hash


@dataclass(frozen=True, slots=True)
class Found:
    """Which of some named blobs are stored, each once, in the order of asking."""

    missing: list[str]
    existing: list[str]


def find(tx: Tx, user_id: str, names: Sequence[str]) -> Found:
    """Say which blobs are stored (a text that is no hash is not), and keep those from being collected for a while."""
    distinct = list(dict.fromkeys(names))
    stored = store.blob_sizes(tx, user_id, [name for name in distinct if is_hash(name)])
    store.touch_blobs(tx, user_id, list(stored))
    return Found([n for n in distinct if n not in stored], [n for n in distinct if n in stored])


def size_of(tx: Tx, user_id: str, blob: str) -> int:
    """Return the size of a stored blob. Raises BlobGone when a manifest names it, else UnknownBlob."""
    size = store.blob_sizes(tx, user_id, [blob]).get(blob)
    if size is not None:
        return size
    raise BlobGone(blob) if store.is_awaited(tx, user_id, blob) else UnknownBlob


def read(blobs: Blobs, user_id: str, blob: str, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes from `start` up to `end` of a stored blob."""
    return blobs.read(blob_key(user_id, blob), start, end)


def content(tx: Tx, blobs: Blobs, user_id: str, blob: str) -> bytes:
    """Return a whole stored blob; for blobs that are known to be small. Raises BlobGone or UnknownBlob."""
    size_of(tx, user_id, blob)
    return blobs.get(blob_key(user_id, blob))


def hold(tx: Tx, user_id: str) -> None:
    """Keep garbage collections of the user's storage out until the transaction ends."""
    store.lock(tx, user_id)


def check_room(tx: Tx, user_id: str, quota: int) -> int:
    """Raise QuotaExceeded when nothing more fits; return the epoch to register with later."""
    used = store.usage(tx, user_id)
    if used.blob_bytes + used.manifest_bytes >= quota:
        raise QuotaExceeded(quota)
    return store.epoch(tx, user_id)


def register(tx: Tx, blobs: Blobs, user_id: str, sizes: Mapping[str, int], epoch: int) -> dict[str, int]:
    """Say that blobs are stored; return those that were not known before. `epoch` is from before their writing."""
    if store.lock(tx, user_id) != epoch:
        gone = [blob for blob, size in sizes.items() if blobs.size(blob_key(user_id, blob)) != size]
        if gone:
            raise Unavailable("A garbage collection met this upload.", hint="Send the blobs again.")
    known = store.blob_sizes(tx, user_id, list(sizes))
    store.touch_blobs(tx, user_id, list(known))
    fresh = {blob: size for blob, size in sizes.items() if blob not in known}
    if fresh:
        store.insert_blobs(tx, user_id, fresh)
        store.add_usage(tx, user_id, Usage(len(fresh), sum(fresh.values())))
    return fresh


def store_spool(db: Database, blobs: Blobs, user_id: str, named: str, spool: Spool, epoch: int) -> bool:
    """Store one uploaded blob under the hash it was sent for; return whether it is new. Raises HashMismatch."""
    if spool.hash != named:
        raise HashMismatch(named)
    with db.read() as tx:
        known = named in store.blob_sizes(tx, user_id, [named])
    if not known:
        key = blob_key(user_id, named)
        blobs.put_spool(key, spool)
        blobs.sync([key])
    with db.write() as tx:
        return named in register(tx, blobs, user_id, {named: spool.size}, epoch)


def store_bytes(tx: Tx, blobs: Blobs, user_id: str, contents: Sequence[bytes]) -> list[str]:
    """Store contents that the server itself made, inside the caller's transaction; return their hashes in order."""
    named = {hash_bytes(content): content for content in contents}
    epoch = store.lock(tx, user_id)
    known = store.blob_sizes(tx, user_id, list(named))
    fresh = {name: content for name, content in named.items() if name not in known}
    for name, content in fresh.items():
        blobs.put(blob_key(user_id, name), content)
    if fresh:
        blobs.sync([blob_key(user_id, name) for name in fresh])
    register(tx, blobs, user_id, {name: len(content) for name, content in named.items()}, epoch)
    return [hash_bytes(content) for content in contents]
