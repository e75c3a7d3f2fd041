"""Stored content of a user: blobs, manifests and the folder records behind them (Fastest 7).

Bytes are in the object store, everything known about them in the database. The names of the functions read with the
package: `storage.find_blobs`, `storage.upload_manifest`. Server-made content goes through `store_bytes` and
`store_entries` inside the caller's transaction.
"""

from asterism.features.storage.batches import Receiver, body_size, receive, send, sizes_for_sending
from asterism.features.storage.blobs import (
    Found,
    check_room,
    content,
    find,
    hold,
    read,
    register,
    size_of,
    store_bytes,
    store_spool,
)
from asterism.features.storage.errors import (
    BlobGone,
    BlobsMissing,
    HashMismatch,
    ManifestNotFound,
    QuotaExceeded,
    UnknownBlob,
    UnknownManifest,
)
from asterism.features.storage.manifests import (
    entries,
    find_manifest,
    manifest,
    manifest_bytes,
    missing_counts,
    require_complete,
    store_entries,
    upload,
)
from asterism.features.storage.models import MEBIBYTE, Limits, Manifest, Stored, Usage
from asterism.features.storage.store import usage
from asterism.features.storage.trees import changes, equal
from asterism.features.storage.uploads import receive_blob

__all__ = [
    "MEBIBYTE",
    "BlobGone",
    "BlobsMissing",
    "Found",
    "HashMismatch",
    "Limits",
    "Manifest",
    "ManifestNotFound",
    "QuotaExceeded",
    "Receiver",
    "Stored",
    "UnknownBlob",
    "UnknownManifest",
    "Usage",
    "body_size",
    "changes",
    "check_room",
    "content",
    "entries",
    "equal",
    "find",
    "find_manifest",
    "hold",
    "manifest",
    "manifest_bytes",
    "missing_counts",
    "read",
    "receive",
    "receive_blob",
    "register",
    "require_complete",
    "send",
    "size_of",
    "sizes_for_sending",
    "store_bytes",
    "store_entries",
    "store_spool",
    "upload",
    "usage",
]
