"""What an object store has to do, whatever it is made of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from asterism.kernel.blobs.recent import Recent
from asterism.kernel.blobs.spool import Spool


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One stored object; `size` in bytes."""

    key: str
    size: int


class Blobs(Protocol):
    """An object store. Every method may raise Unavailable (store down, disk full); none leaves half an object."""

    spool_folder: Path
    """Where content that is too large for memory waits until it is complete."""

    recent: Recent
    """What this process made from the content lately."""

    def put(self, key: str, content: bytes) -> None:
        """Store `content`; where the key exists it is replaced in one step."""
        ...

    def put_spool(self, key: str, spool: Spool) -> None:
        """Store what was collected in `spool`, which is used up by it."""
        ...

    def sync(self, keys: Sequence[str]) -> None:
        """Return when the objects with these keys, all stored before, are on durable media."""
        ...

    def get(self, key: str) -> bytes:
        """Return the content. Raises ObjectMissing."""
        ...

    def get_range(self, key: str, start: int, end: int) -> bytes:
        """Return the bytes from `start` up to, not including, `end`, at once.

        Raises ObjectMissing, or ObjectDamaged when the object ends before `end`.
        """
        ...

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from `start` up to, not including, `end`, in pieces.

        Raises ObjectMissing, or ObjectDamaged when the object ends before `end`, both before the first piece.
        """
        ...

    def size(self, key: str) -> int | None:
        """Return the size in bytes, None when there is no such object."""
        ...

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; those that do not exist are passed over."""
        ...

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Yield the objects whose keys begin with the folder `prefix`, in no order, without holding them all."""
        ...
