"""The exact bytes of stored manifests.

One in the canonical form is written from the records of its folders, which share what versions have in common; only
one that has another form has an object of its own (ADR 0206).
"""

import msgspec

from asterism.base import ids
from asterism.features.versions.storage import store
from asterism.features.versions.storage.errors import ManifestLost
from asterism.features.versions.storage.keys import manifest_key
from asterism.features.versions.storage.models import Manifest
from asterism.features.versions.storage.records import stored_records
from asterism.kernel.blobs import Blobs, ObjectMissing
from asterism.kernel.db import Database
from asterism.vcs import manifest as format
from asterism.vcs import tree
from asterism.vcs.content import hash_bytes
from asterism.vcs.tree import Load
from asterism.vcs.tree_text import write_text


def text_of(blobs: Blobs, user_id: str, found: Manifest, load: Load) -> bytes:
    """Return the bytes of a stored manifest, verified, or as this process remembers them. Raises ManifestLost."""
    if found.object_id:
        return stored_text(blobs, user_id, found, load)
    text = blobs.recent.get(found.hash)
    if text is None:
        text = stored_text(blobs, user_id, found, load)
        blobs.recent.keep(found.hash, text)
    return text


def stored_text(blobs: Blobs, user_id: str, found: Manifest, load: Load) -> bytes:
    """Return the same from what is stored, whatever the process remembers."""
    if not found.object_id:
        return written_text(found, load)
    try:
        text = blobs.get(manifest_key(user_id, found.hash, found.object_id))
    except ObjectMissing as error:
        raise ManifestLost(found.hash) from error
    return _verified(found, text)


def written_text(found: Manifest, load: Load) -> bytes:
    """Return the bytes of a stored manifest as its records have them. Raises ManifestLost when they are not its own."""
    try:
        text = write_text(found.root, load)
    except (KeyError, ValueError, msgspec.MsgspecError) as error:  # a record is gone, or none any more
        raise ManifestLost(found.hash) from error
    return _verified(found, text)


def _verified(found: Manifest, text: bytes) -> bytes:
    if hash_bytes(text) != found.hash:
        raise ManifestLost(found.hash)
    return text


def is_readable(db: Database, blobs: Blobs, user_id: str, found: Manifest) -> bool:
    """Say whether a stored manifest's bytes are there and are what they were, whatever the process remembers."""
    try:
        stored_text(blobs, user_id, found, stored_records(db, user_id))
    except ManifestLost:
        return False
    return True


def store_again(db: Database, blobs: Blobs, user_id: str, found: Manifest, data: bytes) -> None:
    """Store the bytes of a manifest, which were lost, anew."""
    if not found.object_id:
        _, forest = tree.build(format.read(data))
        with db.write() as tx:
            store.lock(tx, user_id)
            store.replace_trees(tx, user_id, forest.records)
        return
    object_id = write(blobs, user_id, found.hash, data)
    with db.write() as tx:
        store.lock(tx, user_id)
        before = store.set_manifest_object(tx, user_id, found.hash, object_id)
    useless = object_id if before is None else before
    blobs.delete([manifest_key(user_id, found.hash, useless)])


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
