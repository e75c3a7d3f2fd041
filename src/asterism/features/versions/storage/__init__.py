"""Stored content of a user: blobs, manifests and the folder records behind them (Fastest 7).

Bytes are in the object store, everything known about them in the database. The names of the functions read with the
package: `storage.find_blobs`, `storage.upload_manifest`. Server-made content goes through `store_bytes` and
`store_entries` inside the caller's transaction.
"""

from asterism.features.versions.storage.backup import object_keys, uncollected
from asterism.features.versions.storage.batches import Receiver, receive
from asterism.features.versions.storage.blob_bodies import open_range, plan_sending, read_all, send
from asterism.features.versions.storage.blobs import (
    Found,
    check_room,
    content,
    find,
    find_places,
    hold,
    keep,
    locate,
    read,
    read_whole,
    store_bytes,
    store_small,
    store_spool,
    verify,
)
from asterism.features.versions.storage.collection import collect
from asterism.features.versions.storage.collection_models import Collected, CollectionRequest, Roots
from asterism.features.versions.storage.edit_batches import BatchTooLarge, NamedEdit, edit_manifests
from asterism.features.versions.storage.edits import Edited, edit_manifest
from asterism.features.versions.storage.errors import (
    BlobGone,
    BlobsMissing,
    CollectionRunning,
    CollectionUnsafe,
    HashMismatch,
    ManifestLost,
    ManifestNotFound,
    QuotaExceeded,
    UnknownBlob,
    UnknownManifest,
    UnknownPath,
)
from asterism.features.versions.storage.folders import find_node, find_nodes, list_folder, walk
from asterism.features.versions.storage.inspection import inspect, users_with_storage
from asterism.features.versions.storage.inspection_models import Inspected
from asterism.features.versions.storage.manifests import (
    entries,
    find_manifest,
    manifest,
    manifest_bytes,
    missing_counts,
    require_complete,
    store_entries,
    store_manifest,
    upload,
)
from asterism.features.versions.storage.models import MEBIBYTE, Limits, Manifest, Place, Stored, Usage
from asterism.features.versions.storage.store import manifests_named as stored_manifests
from asterism.features.versions.storage.store import tree_records, usage
from asterism.features.versions.storage.sweep_store import drop_leases
from asterism.features.versions.storage.trees import changes, differences, equal, unchanged_paths
from asterism.features.versions.storage.uploads import receive_blob

__all__ = [
    "MEBIBYTE",
    "BatchTooLarge",
    "BlobGone",
    "BlobsMissing",
    "Collected",
    "CollectionRequest",
    "CollectionRunning",
    "CollectionUnsafe",
    "Edited",
    "Found",
    "HashMismatch",
    "Inspected",
    "Limits",
    "Manifest",
    "ManifestLost",
    "ManifestNotFound",
    "NamedEdit",
    "Place",
    "QuotaExceeded",
    "Receiver",
    "Roots",
    "Stored",
    "UnknownBlob",
    "UnknownManifest",
    "UnknownPath",
    "Usage",
    "changes",
    "check_room",
    "collect",
    "content",
    "differences",
    "drop_leases",
    "edit_manifest",
    "edit_manifests",
    "entries",
    "equal",
    "find",
    "find_manifest",
    "find_node",
    "find_nodes",
    "find_places",
    "hold",
    "inspect",
    "keep",
    "list_folder",
    "locate",
    "manifest",
    "manifest_bytes",
    "missing_counts",
    "object_keys",
    "open_range",
    "plan_sending",
    "read",
    "read_all",
    "read_whole",
    "receive",
    "receive_blob",
    "require_complete",
    "send",
    "store_bytes",
    "store_entries",
    "store_manifest",
    "store_small",
    "store_spool",
    "stored_manifests",
    "tree_records",
    "unchanged_paths",
    "uncollected",
    "upload",
    "usage",
    "users_with_storage",
    "verify",
    "walk",
]
