"""A manifest made from a stored one by changing a few entries: the cost is that of the change (ADR 0177)."""

from collections.abc import Mapping
from dataclasses import dataclass

from asterism.features.versions.storage.manifests import manifest, store_manifest
from asterism.features.versions.storage.records import loader
from asterism.features.versions.storage.texts import text_of
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry
from asterism.vcs.manifest_delta import ManifestDelta
from asterism.vcs.splice import can_be_spliced, exchange, rebuild


@dataclass(frozen=True, slots=True)
class Edited:
    """What became of a manifest: its hash, whether it is new, and what stood at the changed paths before."""

    hash: str
    created: bool
    before: Mapping[str, Entry]


def edit_manifest(
    db: Database,
    blobs: Blobs,
    user_id: str,
    base_hash: str,
    changes: Mapping[str, Entry | None],
    *,
    quota: int | None = None,
) -> Edited:
    """Store the stored manifest `base_hash` with the entry at each path replaced, added, or (None) removed.

    The result is in the canonical form if the base is. For a worker thread, outside a transaction. Raises
    UnknownManifest, ManifestLost, ManifestInvalid, TooManyEntries, QuotaExceeded or Unavailable.
    """
    with db.read() as tx:
        base = manifest(tx, user_id, base_hash)
        text = text_of(blobs, user_id, base, loader(tx, user_id))
    edited: tuple[str, ManifestDelta] | None = None
    if base.spliceable or can_be_spliced(text):
        data, gone = exchange(text, changes)
        added = [entry for entry in changes.values() if entry is not None]
        edited = base_hash, ManifestDelta(gone, added, in_order=True)
    else:
        data, gone = rebuild(text, changes)
    made = hash_bytes(data)
    created = made != base_hash and store_manifest(db, blobs, user_id, made, data, quota=quota, edited=edited)
    return Edited(made, created, {entry.path: entry for entry in gone})
