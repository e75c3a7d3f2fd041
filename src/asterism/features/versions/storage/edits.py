"""A manifest made from a stored one by changing a few entries: the cost is that of the change (ADR 0177)."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from asterism.features.versions.storage.comparison import prepare_edited
from asterism.features.versions.storage.manifests import manifest, store_manifest
from asterism.features.versions.storage.records import loader, stored_records
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
    prepared = None
    if base.spliceable or can_be_spliced(text):
        data, gone = exchange(text, changes)
        added = [entry for entry in changes.values() if entry is not None]
        with ThreadPoolExecutor(1) as beside:  # of 20 MB that is as long as all the rest
            hashing = beside.submit(hash_bytes, data)
            if not base.missing:
                delta = ManifestDelta(gone, added, in_order=True)
                prepared = prepare_edited(base, stored_records(db, user_id), "", data, delta)
            made = hashing.result()
    else:
        data, gone = rebuild(text, changes)
        made = hash_bytes(data)
    prepared = None if prepared is None else replace(prepared, hash=made)
    created = made != base_hash and store_manifest(db, blobs, user_id, made, data, quota=quota, prepared=prepared)
    return Edited(made, created, {entry.path: entry for entry in gone})
