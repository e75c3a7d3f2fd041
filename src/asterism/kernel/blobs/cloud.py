"""Stores beyond this machine: S3 and what is compatible with it, Google Cloud Storage, Azure (ADR 0203).

Every request is small enough to be made again: content is read in windows and written in parts, since obstore ends a
request after 30 s, and a slow client of ours must not hold one open. Credentials, region and endpoint are those of the
provider's usual environment variables, which obstore reads; `client_options` would put AWS_ALLOW_HTTP out of force.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asterism.base.libraries import later
from asterism.kernel.blobs.object_store import ObjectStoreBlobs, damaged, translated

if TYPE_CHECKING:
    import obstore
else:
    obstore = later("obstore")

WINDOW = 4 * 1024 * 1024
RETRY_SECONDS = 20
RETRIES = 8
REMOVED_AT_ONCE = 1000
"""As many as S3 takes in one request."""


class CloudBlobs(ObjectStoreBlobs):
    """A bucket, or what lies below a prefix of one. An acknowledged put is durable."""

    def __init__(self, address: str, spool_folder: Path, *, retries: int = RETRIES) -> None:
        """Raises ValueError or obstore's BaseError for an address that names no store."""
        store = _store(address, retries)
        super().__init__(lambda: store, spool_folder)

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Yield a range of the content, a window of it at a time. Raises as the port says."""
        if start >= end:
            return
        with self._range(key, end):
            first = obstore.get(self.store, key, options={"range": (start, min(end, start + WINDOW))})
            if first.meta["size"] < end:
                raise damaged()
            piece = first.bytes().to_bytes()
        yield piece
        for at in range(start + WINDOW, end, WINDOW):
            yield self.get_range(key, at, min(end, at + WINDOW))

    def size(self, key: str) -> int | None:
        """Return the size in bytes, None when there is no such object."""
        found = super().size(key)
        if found is None:  # the answer to a HEAD has no body that could say that the whole bucket is missing
            self.reach()
        return found

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects, many with one request; those that do not exist are passed over."""
        left = iter(keys)
        while some := list(islice(left, REMOVED_AT_ONCE)):
            with translated():
                obstore.delete(self.store, some)

    def reach(self) -> None:
        """Raise Unavailable when the bucket is not there, or may not be listed."""
        with translated():
            next(iter(obstore.list(self.store, "doctor", chunk_size=1)), None)


def _store(address: str, retries: int) -> Any:
    return obstore.store.from_url(
        address,
        retry_config={
            "max_retries": retries,
            "retry_timeout": timedelta(seconds=RETRY_SECONDS),
            "backoff": {
                "init_backoff": timedelta(milliseconds=100),
                "max_backoff": timedelta(seconds=5),
                "base": 2,
            },
        },
    )
