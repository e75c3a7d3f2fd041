"""Contents of git blobs, sent to the server as far as it lacks them; memory holds one batch of small ones."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

from asterism.base.errors import DomainError, TooLarge
from asterism.client.api import Api
from asterism.client.upload import BATCH_BYTES, BATCH_FILES, BIG_BYTES, PIECE_BYTES, find_missing
from asterism.kernel.git import CommandFailed, Repository
from asterism.vcs.batch import frame_head
from asterism.vcs.content import hash_bytes

MOST_BYTES = 256 << 20
KEPT = 100_000


class Content(NamedTuple):
    """What became of a blob: its hash and size on the server, or why it is not there."""

    hash: str
    size: int
    reason: str = ""


class Contents:
    """Sends blobs and remembers what they are called on the server."""

    def __init__(self, api: Api, repository: Repository) -> None:
        self._api = api
        self._repository = repository
        self._known: dict[str, Content] = {}
        self._refused: set[str] = set()
        self._waiting: dict[str, bytes] = {}
        self._bytes = 0

    def send(self, oids: set[str]) -> None:
        """Send these blobs, all of them before it returns."""
        if oids <= self._known.keys():
            return
        if len(self._known) > KEPT:
            self._known.clear()
        for oid in sorted(oids - self._known.keys()):
            self._known[oid] = self._take(oid)
        self._flush()

    def of(self, oid: str) -> Content:
        """Return what became of a blob; one that was forgotten, or never sent, is sent now."""
        self.send({oid})
        found = self._known[oid]
        if found.hash in self._refused:
            return Content("", 0, "it is larger than the server takes")
        return found

    def _take(self, oid: str) -> Content:
        with self._repository.object(oid) as found:
            if found is None or found[0] != "blob":
                return Content("", 0, "its content is missing or damaged")
            _, size, pieces = found
            if size > MOST_BYTES:
                return Content("", 0, f"it is larger than {MOST_BYTES >> 20} MiB")
            try:
                return self._take_small(b"".join(pieces)) if size <= BIG_BYTES else self._take_big(size, pieces)
            except CommandFailed:
                return Content("", 0, "its content is missing or damaged")

    def _take_small(self, data: bytes) -> Content:
        blob = hash_bytes(data)
        if blob not in self._waiting:
            self._waiting[blob] = data
            self._bytes += len(data)
        if self._bytes > BATCH_BYTES or len(self._waiting) >= BATCH_FILES:
            self._flush()
        return Content(blob, len(data))

    def _take_big(self, size: int, pieces: Iterator[bytes]) -> Content:
        digest = hashlib.sha256()
        with tempfile.TemporaryFile() as spool:
            for piece in pieces:
                digest.update(piece)
                spool.write(piece)
            blob = digest.hexdigest()
            if find_missing(self._api, [blob]):
                self._put(blob, lambda: _pieces(spool))
        return Content(blob, size)

    def _flush(self) -> None:
        waiting, self._waiting, self._bytes = self._waiting, {}, 0
        missing = sorted(find_missing(self._api, list(waiting))) if waiting else []
        if not missing:
            return
        try:
            self._api.put_batch(lambda: _frames(missing, waiting))
        except TooLarge:
            for blob in missing:
                self._put(blob, lambda data=waiting[blob]: iter((data,)))  # type: ignore[misc]

    def _put(self, blob: str, chunks: Callable[[], Iterator[bytes]]) -> None:
        try:
            self._api.put_blob(blob, chunks)
        except TooLarge as error:
            if is_about_all(error):
                raise
            self._refused.add(blob)


def is_about_all(error: DomainError) -> bool:
    """Whether an error is about the account as a whole, so that going on makes no sense."""
    return "QUOTA" in error.code


def _frames(blobs: list[str], contents: dict[str, bytes]) -> Iterator[bytes]:
    for blob in blobs:
        yield frame_head(blob, len(contents[blob])) + contents[blob]


def _pieces(spool: IO[bytes]) -> Iterator[bytes]:
    spool.seek(0)
    while piece := spool.read(PIECE_BYTES):
        yield piece
