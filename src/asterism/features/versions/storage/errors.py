"""Errors of blobs and manifests."""

from collections.abc import Sequence

from asterism.base.errors import Conflict, Invalid, NotFound, TooLarge

MOST_NAMED = 100


class HashMismatch(Invalid):
    """The content is not what its name says."""

    code = "HASH_MISMATCH"

    def __init__(self, named: str) -> None:
        super().__init__(
            f"The content does not have the hash {named[:80]}.", hint="Hash the exact bytes that are sent."
        )


class UnknownBlob(NotFound):
    """No such blob is stored, and nothing names it."""

    def __init__(self) -> None:
        super().__init__("There is no such blob.")


class BlobGone(NotFound):
    """A stored manifest names this blob, but it was never uploaded, or was lost from the object store."""

    code = "BLOB_MISSING"

    def __init__(self, blob: str) -> None:
        super().__init__(
            f"Blob {blob} is known but its content is not stored.",
            hint="Push again from where the files are.",
            details={"missing_blobs": [blob]},
        )


class ManifestLost(NotFound):
    """A manifest is registered, but its bytes are gone from the object store, or damaged."""

    code = "BLOB_MISSING"

    def __init__(self, manifest_hash: str) -> None:
        super().__init__(
            f"The content of manifest {manifest_hash} was lost from the server's storage.",
            hint="Push this version again from where the files are; `asterism fsck --repair` may restore it.",
            details={"missing_blobs": [manifest_hash]},
        )


class BlobsMissing(Conflict):
    """An operation needs blobs that are not stored; `details.missing_blobs` names up to 100."""

    code = "BLOB_MISSING"

    def __init__(self, blobs: Sequence[str]) -> None:
        super().__init__(
            "Some files of this version were never uploaded.",
            hint="Push again from where the files are.",
            details={"missing_blobs": list(blobs[:MOST_NAMED])},
        )


class UnknownManifest(NotFound):
    """No such manifest is stored."""

    def __init__(self) -> None:
        super().__init__("There is no such manifest.")


class ManifestNotFound(Invalid):
    """A request names a manifest that is not in the caller's storage."""

    code = "MANIFEST_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__(
            "The manifest is not stored.", hint="Upload it first: PUT /v1/blobs/manifests/<hash>, with its exact bytes."
        )


class QuotaExceeded(TooLarge):
    """The user's storage is used up, or would be by what was sent."""

    code = "QUOTA_EXCEEDED"

    def __init__(self, quota: int) -> None:
        super().__init__(
            f"This does not fit into your storage of {quota} bytes.",
            hint="Collect what is not referenced any more: POST /v1/blobs/gc.",
            details={"limit_bytes": quota},
        )


class UnknownPath(NotFound):
    """The tree has nothing at this path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"There is nothing at {path[:200]!r} in this version.")


class CollectionUnsafe(Conflict):
    """A manifest that something refers to cannot be read, so nothing may be called an orphan."""

    code = "GC_UNSAFE"

    def __init__(self, manifests: Sequence[str]) -> None:
        super().__init__(
            "Some referenced manifests cannot be read; nothing was deleted.",
            hint="Push these versions again from where they are, or restore the storage.",
            details={"manifests": list(manifests[:20])},
        )


class CollectionRunning(Conflict):
    """Another collection of the same storage runs."""

    code = "INVALID_STATE"

    def __init__(self) -> None:
        super().__init__("A collection of your storage is running already.", hint="Try again when it is done.")
