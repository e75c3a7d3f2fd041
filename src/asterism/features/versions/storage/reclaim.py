"""Giving space back after a sweep: packs are rewritten without what is dead, and dead and stray objects deleted."""

import time

from asterism.base.ids import CROCKFORD
from asterism.features.versions.storage import store, sweep_store
from asterism.features.versions.storage.blobs import write_pack
from asterism.features.versions.storage.keys import pack_key
from asterism.kernel.blobs import Blobs, ObjectMissing
from asterism.kernel.db import Database
from asterism.vcs.content import hash_bytes

PACKS_AT_ONCE = 50
OBJECTS_AT_ONCE = 500
STRAY_SECONDS = 24 * 3600


def clean_objects(db: Database, blobs: Blobs, user_id: str) -> None:
    """Do all of it. Raises Unavailable; what is left undone is done by the next collection."""
    seen: set[str] = set()
    while _rewrite_thin_packs(db, blobs, user_id, seen):
        pass
    _find_strays(db, blobs, user_id)
    while _delete_doomed(db, blobs, user_id):
        pass


def _rewrite_thin_packs(db: Database, blobs: Blobs, user_id: str, seen: set[str]) -> bool:
    """Replace some packs that are mostly dead; return whether there may be more."""
    with db.read() as tx:
        thin = [pack_id for pack_id, _ in sweep_store.thin_packs(tx, user_id, PACKS_AT_ONCE) if pack_id not in seen]
    for pack_id in thin:
        seen.add(pack_id)
        _rewrite(db, blobs, user_id, pack_id)
    return bool(thin)


def _rewrite(db: Database, blobs: Blobs, user_id: str, pack_id: str) -> None:
    key = pack_key(user_id, pack_id)
    with db.read() as tx:
        live = sweep_store.pack_contents(tx, pack_id)
    try:
        data = (
            blobs.get(key) if live else b""
        )  # at most PACK_BYTES: a larger pack holds one blob and is never half dead
    except ObjectMissing:
        data = b""
    contents = {blob: data[start : start + size] for blob, start, size in live}
    lost = [blob for blob, content in contents.items() if hash_bytes(content) != blob]
    if lost:  # such a pack stays: what it lost counts as lost, and `fsck` may find it again
        with db.write() as tx:
            store.lock(tx, user_id)
            store.mark_lost(tx, user_id, lost, lost=True)
        return
    new = write_pack(blobs, user_id, contents) if contents else None
    with db.write() as tx:
        store.lock(tx, user_id)
        if new is not None:
            sweep_store.move_blobs(tx, user_id, pack_id, new)
        sweep_store.drop_pack(tx, pack_id)
        sweep_store.doom(tx, user_id, [key])


def _find_strays(db: Database, blobs: Blobs, user_id: str) -> None:
    """Doom objects that were written but never registered, because their process was killed in between."""
    with db.read() as tx:
        known = sweep_store.known_objects(tx, user_id)
    limit = (time.time() - STRAY_SECONDS) * 1000
    strays: list[str] = []
    for kind, ids in known.items():
        for item in blobs.list(f"{user_id}/{kind}"):
            object_id = item.key.rpartition("/")[2].removesuffix(".json").rpartition(".")[2]
            if object_id not in ids and 0 < _milliseconds(object_id) < limit:
                strays.append(item.key)
    with db.write() as tx:
        store.lock(tx, user_id)
        registered = sweep_store.known_objects(tx, user_id)
        all_ids = registered["blobs"] | registered["manifests"]
        dead = [k for k in strays if k.rpartition("/")[2].removesuffix(".json").rpartition(".")[2] not in all_ids]
        sweep_store.doom(tx, user_id, dead)


def _milliseconds(ulid: str) -> int:
    """Return the Unix time in a ULID, 0 for what is none."""
    if len(ulid) != 26 or any(character not in CROCKFORD for character in ulid):
        return 0
    value = 0
    for character in ulid[:10]:
        value = value * 32 + CROCKFORD.index(character)
    return value


def _delete_doomed(db: Database, blobs: Blobs, user_id: str) -> bool:
    """Delete some doomed objects; return whether there may be more."""
    with db.read() as tx:
        keys = sweep_store.doomed(tx, user_id, OBJECTS_AT_ONCE)
    blobs.delete(keys)
    if keys:
        with db.write() as tx:
            sweep_store.forget_doomed(tx, keys)
    return len(keys) == OBJECTS_AT_ONCE
