"""Many blobs in one body: receiving a batch and sending one (framing: `vcs/batch.py`).

Received blobs become stored in groups: their objects are written while further bytes arrive, and now and then a group
is made durable at once and registered. Whatever ends a batch early (the client dies, a hash is wrong), the complete
blobs before that are stored.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence

from asterism.features.storage import blobs as single
from asterism.features.storage import store
from asterism.features.storage.errors import HashMismatch
from asterism.features.storage.keys import blob_key
from asterism.features.storage.models import MEBIBYTE, Limits, Stored
from asterism.kernel.blobs import Blobs, Spool
from asterism.kernel.db import Database, Tx
from asterism.vcs.batch import BadBatch, BatchReader, FrameData, FrameEnd, FrameStart, frame_head
from asterism.vcs.content import hash_bytes

TAKEN_AT_ONCE = 2 * MEBIBYTE
GROUP_BLOBS = 2000
GROUP_BYTES = 64 * MEBIBYTE
SENT_AT_ONCE = MEBIBYTE


class Receiver:
    """Stores a batch. `take` and `finish` block; at most one of them runs at a time."""

    def __init__(self, db: Database, blobs: Blobs, user_id: str, limits: Limits) -> None:
        self._db = db
        self._blobs = blobs
        self._user_id = user_id
        self._quota = limits.quota_bytes
        self._reader = BatchReader(limits.blob_bytes)
        self._current: tuple[str, int] = ("", 0)
        self._parts: list[bytes] = []
        self._spool: Spool | None = None
        self._ready: list[tuple[str, bytes]] = []
        self._group: dict[str, int] = {}
        self._group_bytes = 0
        self._written: list[str] = []
        self._epoch: int | None = None
        self.result = Stored()

    def take(self, data: bytes) -> None:
        """Take further bytes. Raises HashMismatch, TooLarge, QuotaExceeded, BadBatch or Unavailable."""
        try:
            for event in self._reader.feed(data):
                match event:
                    case FrameData(part):
                        self._add(part)
                    case FrameStart(blob, size):
                        self._begin(blob, size)
                    case FrameEnd():
                        self._complete()
        finally:
            self._write_ready()
        if len(self._group) >= GROUP_BLOBS or self._group_bytes >= GROUP_BYTES:
            self._flush()

    def finish(self, *, whole: bool) -> None:
        """Register what is complete. Raises BadBatch when the body, said to be whole, ends inside a frame."""
        if self._spool is not None:
            self._spool.close()
        self._flush()
        if whole:
            self._reader.finish()

    def _begin(self, blob: str, size: int | None) -> None:
        if size is None:
            raise BadBatch("A frame of a missing blob stands in an upload.")
        self._current = (blob, size)
        if size > MEBIBYTE:
            self._spool = Spool(self._blobs.spool_folder)

    def _add(self, part: bytes) -> None:
        if self._spool is not None:
            self._spool.write(part)
        else:
            self._parts.append(part)

    def _complete(self) -> None:
        blob, size = self._current
        if self._spool is not None:
            with self._spool as spool:
                self._spool = None
                self._write_spool(blob, size, spool)
            return
        content = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts = []
        if hash_bytes(content) != blob:
            raise HashMismatch(blob)
        self._ready.append((blob, content))

    def _write_ready(self) -> None:
        """Write the small blobs that are complete, except those that are stored already."""
        ready, self._ready = self._ready, []
        if not ready:
            return
        known = self._known([blob for blob, _ in ready])
        for blob, content in ready:
            if blob not in known and blob not in self._group:
                self._blobs.put(blob_key(self._user_id, blob), content)
                self._written.append(blob)
            self._group[blob] = len(content)
            self._group_bytes += len(content)

    def _write_spool(self, blob: str, size: int, spool: Spool) -> None:
        if spool.hash != blob:
            raise HashMismatch(blob)
        if blob not in self._known([blob]) and blob not in self._group:
            self._blobs.put_spool(blob_key(self._user_id, blob), spool)
            self._written.append(blob)
        self._group[blob] = size
        self._group_bytes += size

    def _known(self, hashes: Sequence[str]) -> dict[str, int]:
        with self._db.read() as tx:
            if self._epoch is None:
                self._epoch = single.check_room(tx, self._user_id, self._quota)
            return store.blob_sizes(tx, self._user_id, hashes)

    def _flush(self) -> None:
        if not self._group:
            return
        self._blobs.sync([blob_key(self._user_id, blob) for blob in self._written])
        with self._db.write() as tx:
            fresh = single.register(tx, self._blobs, self._user_id, self._group, self._epoch or 0)
        self.result = Stored(
            stored=self.result.stored + len(fresh),
            existing=self.result.existing + len(self._group) - len(fresh),
            size=self.result.size + sum(fresh.values()),
        )
        self._group, self._group_bytes, self._written, self._epoch = {}, 0, [], None


async def receive(receiver: Receiver, chunks: AsyncIterator[bytes]) -> Stored:
    """Store a batch as its bytes arrive; storing one part and receiving the next go on side by side."""
    waiting: list[bytes] = []
    size = 0
    storing: asyncio.Future[None] | None = None
    whole = False
    try:
        async for chunk in chunks:
            waiting.append(chunk)
            size += len(chunk)
            if size >= TAKEN_AT_ONCE:
                if storing is not None:
                    await storing
                storing = _in_thread(receiver, b"".join(waiting))
                waiting, size = [], 0
        whole = True
    finally:
        try:
            if storing is not None:
                await storing
            await _in_thread(receiver, b"".join(waiting))
        except BaseException:
            whole = False
            raise
        finally:
            await asyncio.shield(asyncio.to_thread(receiver.finish, whole=whole))
    return receiver.result


def _in_thread(receiver: Receiver, data: bytes) -> "asyncio.Future[None]":
    return asyncio.ensure_future(asyncio.to_thread(receiver.take, data))


def sizes_for_sending(tx: Tx, user_id: str, hashes: Sequence[str]) -> list[tuple[str, int | None]]:
    """Return what a download batch will hold: each hash with its size, None when it is not stored."""
    stored = store.blob_sizes(tx, user_id, hashes)
    return [(blob, stored.get(blob)) for blob in hashes]


def body_size(plan: Sequence[tuple[str, int | None]]) -> int:
    """Return the number of bytes of a download batch."""
    return sum(len(frame_head(blob, size)) + (size or 0) for blob, size in plan)


def send(blobs: Blobs, user_id: str, plan: Sequence[tuple[str, int | None]]) -> Iterator[bytes]:
    """Yield a download batch in pieces of about a megabyte, in the order of the plan."""
    waiting: list[bytes] = []
    held = 0
    for blob, size in plan:
        waiting.append(frame_head(blob, size))
        held += len(waiting[-1]) + min(size or 0, SENT_AT_ONCE)
        if size is not None and size > SENT_AT_ONCE:
            yield b"".join(waiting)
            yield from blobs.read(blob_key(user_id, blob), 0, size)
            waiting, held = [], 0
            continue
        if size:
            waiting.append(blobs.get(blob_key(user_id, blob)))
        if held >= SENT_AT_ONCE:
            yield b"".join(waiting)
            waiting, held = [], 0
    if waiting:
        yield b"".join(waiting)
