"""Which store an address names."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from asterism.base.errors import Invalid, Unavailable
from asterism.base.libraries import later
from asterism.kernel.blobs.cloud import CloudBlobs
from asterism.kernel.blobs.object_store import FolderBlobs, ObjectStoreBlobs

if TYPE_CHECKING:
    import obstore
else:
    obstore = later("obstore")


def open_blobs(address: str | Path, *, spool: Path) -> ObjectStoreBlobs:
    """Open a folder (a path), `memory://`, or any address obstore knows (`s3://bucket/prefix`, `gs://`, `az://`).

    Credentials of a cloud store come from its provider's usual environment variables. `spool` is a private folder where
    content for a store that is not a folder waits until it is complete; it is made when it is first needed.
    Raises Unavailable when the folder cannot be made, Invalid for an address nobody knows.
    """
    if isinstance(address, Path) or "://" not in address:
        return _open_folder(Path(address))
    if address.startswith("file://"):
        return _open_folder(Path(unquote(urlsplit(address).path)))
    if address == "memory://":
        memory = obstore.store.MemoryStore()
        return ObjectStoreBlobs(lambda: memory, spool)
    try:
        return CloudBlobs(address, spool)
    except (obstore.exceptions.BaseError, ValueError) as error:
        raise Invalid(  # the library's own words repeat the address with all that is in it
            f"The address of the content store, {_shown(address)}, is none that can be used.",
            hint="A folder, or an address like s3://bucket/prefix, gs://bucket/prefix or az://container/prefix.",
        ) from error


def _open_folder(folder: Path) -> FolderBlobs:
    try:
        return FolderBlobs(folder)
    except OSError as error:
        raise Unavailable(f"The folder of stored content, {folder}, cannot be used: {error.strerror}.") from error


def _shown(address: str) -> str:
    """Return an address without what may be a secret in it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
