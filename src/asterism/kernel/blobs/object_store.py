"""The port over obstore: memory and a local folder; `cloud.py` adds what lies beyond this machine."""

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asterism.base.errors import Unavailable
from asterism.base.libraries import later
from asterism.kernel.blobs.durability import sync_files
from asterism.kernel.blobs.errors import ObjectDamaged, ObjectMissing, lacks_place, translate
from asterism.kernel.blobs.port import ObjectInfo
from asterism.kernel.blobs.recent import Recent
from asterism.kernel.blobs.spool import Spool

if TYPE_CHECKING:
    import obstore
else:
    obstore = later("obstore")

PIECE = 1024 * 1024
PARALLEL_PARTS = 2  # bounds the memory of a large upload to a cloud store: 5 MiB each
LISTED_AT_ONCE = 1000
ABANDONED_SECONDS = 24 * 3600


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of the store and of the disk into ours: ObjectMissing or Unavailable."""
    try:
        yield
    except FileNotFoundError as error:
        if lacks_place(error):
            raise translate(error) from error
        raise ObjectMissing("There is no such object.") from error
    except (obstore.exceptions.BaseError, OSError) as error:
        raise translate(error) from error


def damaged() -> ObjectDamaged:
    """Return the error for an object that ends too early."""
    return ObjectDamaged("The object is shorter than what was stored.")


class ObjectStoreBlobs:
    """Any obstore store. What a remote store has acknowledged is durable, so `sync` has nothing to do."""

    def __init__(self, open_store: Callable[[], Any], spool_folder: Path) -> None:
        self._open_store = open_store
        self.spool_folder = spool_folder
        self.recent = Recent()
        for leftover in spool_folder.glob("incoming-*"):
            if time.time() - leftover.stat().st_mtime > ABANDONED_SECONDS:  # its process was killed
                leftover.unlink(missing_ok=True)

    @cached_property
    def store(self) -> Any:
        """The library's own store, opened at the first use: an idle server does without the library."""
        return self._open_store()

    def put(self, key: str, content: bytes) -> None:
        """Store `content`, replacing an object of that key in one step."""
        with translated():
            obstore.put(self.store, key, content, use_multipart=False)

    def put_spool(self, key: str, spool: Spool) -> None:
        """Store a spooled content, large ones in parts."""
        content = spool.content
        if content is not None:
            self.put(key, content)
            return
        with translated():
            obstore.put(self.store, key, spool.path, max_concurrency=PARALLEL_PARTS)

    def sync(self, keys: Sequence[str]) -> None:
        """Return at once: an acknowledged put is durable."""

    def get(self, key: str) -> bytes:
        """Return the content. Raises ObjectMissing."""
        with translated():
            return obstore.get(self.store, key).bytes().to_bytes()

    def get_range(self, key: str, start: int, end: int) -> bytes:
        """Return a range of the content at once. Raises ObjectMissing or ObjectDamaged."""
        if start >= end:
            return b""
        with self._range(key, end):
            data = obstore.get_range(self.store, key, start=start, end=end).to_bytes()
            if len(data) != end - start:
                raise damaged()
            return data

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Yield a range of the content in pieces. Raises ObjectMissing or ObjectDamaged before the first."""
        if start >= end:
            return
        with self._range(key, end):
            result = obstore.get(self.store, key, options={"range": (start, end)})
            if result.meta["size"] < end:
                raise damaged()
            for piece in result.stream(min_chunk_size=PIECE):
                yield bytes(piece)

    @contextmanager
    def _range(self, key: str, end: int) -> Iterator[None]:
        """Translate errors of reading up to `end`: a store says of a range beyond the object only that it is wrong."""
        try:
            with translated():
                yield
        except Unavailable as error:
            size = None
            with suppress(Unavailable):  # the first error says more
                size = self.size(key)
            if size is not None and size < end:
                raise damaged() from error
            raise

    def size(self, key: str) -> int | None:
        """Return the size in bytes, None when there is no such object."""
        try:
            with translated():
                return int(obstore.head(self.store, key)["size"])
        except ObjectMissing:
            return None

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; those that do not exist are passed over."""
        for key in keys:
            try:
                with translated():
                    obstore.delete(self.store, key)
            except ObjectMissing:
                continue

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Yield the objects below the folder `prefix`, a thousand at a time from the store."""
        with translated():
            for found in obstore.list(self.store, prefix, chunk_size=LISTED_AT_ONCE):
                for item in found:
                    yield ObjectInfo(item["path"], item["size"])


class FolderBlobs(ObjectStoreBlobs):
    """A local folder: every object is a file that appears under its name when it is complete."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if stat.S_IMODE(folder.stat().st_mode) & 0o077:  # what people keep here is for nobody else
            folder.chmod(0o700)
        super().__init__(lambda: obstore.store.LocalStore(folder), folder / ".incoming")
        self._folder = folder

    def put_spool(self, key: str, spool: Spool) -> None:
        """Store a spooled content; a temporary file is moved into place instead of copied."""
        content = spool.content
        if content is not None:
            self.put(key, content)
            return
        with translated():
            target = self._folder / key
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(spool.path, target)

    def sync(self, keys: Sequence[str]) -> None:
        """Flush the files, or the file system when they are many."""
        with translated():
            sync_files(self._folder, [self._folder / key for key in keys])
