"""Giving up objects of manifests that can be written from their folder records; former versions kept all (ADR 0206)."""

from asterism.features.versions.storage import inspection_store, store, sweep_store
from asterism.features.versions.storage.errors import ManifestLost
from asterism.features.versions.storage.keys import manifest_key
from asterism.features.versions.storage.models import MEBIBYTE, Manifest, Usage
from asterism.features.versions.storage.records import stored_records
from asterism.features.versions.storage.texts import written_text
from asterism.kernel.db import Database

WRITTEN_BYTES = 256 * MEBIBYTE
"""So many bytes of texts are written and hashed in one collection; the next one goes on with what is left."""
LOADED_AT_ONCE = 200


def slim(db: Database, user_id: str) -> None:
    """Doom such objects; the caller holds the lease of a collection, so the records stay. Raises Unavailable."""
    left, cursor = WRITTEN_BYTES, ""
    while True:
        with db.read() as tx:
            found = inspection_store.manifests_after(tx, user_id, cursor, LOADED_AT_ONCE)
        for one in found:
            if not one.object_id:
                continue
            left -= one.size
            if left < 0:
                return
            if _can_be_written(db, user_id, one):
                _give_up(db, user_id, one)
        if len(found) < LOADED_AT_ONCE:
            return
        cursor = found[-1].hash


def _can_be_written(db: Database, user_id: str, found: Manifest) -> bool:
    try:
        written_text(found, stored_records(db, user_id))
    except ManifestLost:
        return False
    return True


def _give_up(db: Database, user_id: str, found: Manifest) -> None:
    with db.write() as tx:
        store.lock(tx, user_id)
        if sweep_store.drop_object(tx, user_id, found.hash, found.object_id):
            sweep_store.doom(tx, user_id, [manifest_key(user_id, found.hash, found.object_id)])
            store.add_usage(tx, user_id, Usage(manifest_bytes=-found.size))
