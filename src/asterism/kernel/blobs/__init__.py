"""Objects: named bytes that are written once and never change, in a folder, in memory or in a cloud store.

    store.put(key, content)          # atomic: the object is there complete, or not at all
    store.put_spool(key, spool)      # the same for content that was too large for memory
    store.sync(keys)                 # returns when these objects would survive a power failure
    store.get(key), store.read(key, start, end), store.size(key), store.delete(keys), store.list(prefix)

Names and their meaning (which user, which hash) belong to `features/versions/storage`; here a key is a path of plain
segments.
The fsync policy is ADR 0010: `put` promises to survive a killed process, `sync` a power failure.
"""

from asterism.kernel.blobs.addresses import open_blobs
from asterism.kernel.blobs.errors import ObjectDamaged, ObjectMissing, translate
from asterism.kernel.blobs.object_store import ObjectStoreBlobs
from asterism.kernel.blobs.port import Blobs, ObjectInfo
from asterism.kernel.blobs.spare import Spare
from asterism.kernel.blobs.spool import Spool

__all__ = [
    "Blobs",
    "ObjectDamaged",
    "ObjectInfo",
    "ObjectMissing",
    "ObjectStoreBlobs",
    "Spare",
    "Spool",
    "open_blobs",
    "translate",
]
