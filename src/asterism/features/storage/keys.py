"""Where objects lie in the object store: everything of a user below the user's id."""


def blob_key(user_id: str, blob: str) -> str:
    """Return the key of a blob; two characters of fan-out keep folders listable at a million blobs."""
    return f"{user_id}/blobs/{blob[:2]}/{blob}"


def manifest_key(user_id: str, manifest_hash: str) -> str:
    """Return the key of a manifest's exact bytes."""
    return f"{user_id}/manifests/{manifest_hash[:2]}/{manifest_hash}.json"
