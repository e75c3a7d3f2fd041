"""Where objects lie in the object store: everything of a user below the user's id.

Every object gets a name of its own (a ULID), so an object that is written can never be the one that a garbage
collection is deleting, whatever content it has.
"""


def pack_key(user_id: str, pack_id: str) -> str:
    """Return the key of an object that holds the contents of one or many blobs, one after the other."""
    return f"{user_id}/blobs/{pack_id[:6]}/{pack_id}"


def manifest_key(user_id: str, manifest_hash: str, object_id: str) -> str:
    """Return the key of a manifest's exact bytes."""
    return f"{user_id}/manifests/{manifest_hash[:2]}/{manifest_hash}.{object_id}.json"
