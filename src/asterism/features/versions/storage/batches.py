"""Many blobs in one body: receiving a batch and sending one (framing: `vcs/batch.py`).

Blobs of a batch are verified as they arrive, collected, and stored a pack at a time. Whatever ends a batch early (the
client dies, a hash is wrong), the complete blobs before that are stored.
"""

import asyncio
from collections.abc import AsyncIterator

from asterism.features.versions.storage import blobs as single
from asterism.features.versions.storage.errors import HashMismatch
from asterism.features.versions.storage.models import MEBIBYTE, Limits, Pack, Stored
from asterism.kernel.blobs import Blobs, Spool
from asterism.kernel.db import Database
from asterism.vcs.batch import BadBatch, BatchReader, FrameData, FrameEnd, FrameStart
from asterism.vcs.content import hash_bytes

TAKEN_AT_ONCE = 2 * MEBIBYTE
PACK_BYTES = 16 * MEBIBYTE
PACK_BLOBS = 4000


class Receiver:
    """Stores a batch. `take` and `finish` block; at most one of them runs at a time."""

    def __init__(self, db: Database, blobs: Blobs, user_id: str, limits: Limits) -> None:
        self._db = db
        self._blobs = blobs
        self._user_id = user_id
        self._quota = limits.quota_bytes
        self._reader = BatchReader(limits.blob_bytes)
        self._current = ""
        self._parts: list[bytes] = []
        self._spool: Spool | None = None
        self._ready: dict[str, bytes] = {}
        self._ready_bytes = 0
        self.result = Stored()

    def take(self, data: bytes) -> None:
        """Take further bytes. Raises HashMismatch, TooLarge, QuotaExceeded, BadBatch or Unavailable."""
        for event in self._reader.feed(data):
            match event:
                case FrameData(part):
                    self._add(part)
                case FrameStart(blob, size):
                    self._begin(blob, size)
                case FrameEnd():
                    self._complete()
        if self._ready_bytes >= PACK_BYTES or len(self._ready) >= PACK_BLOBS:
            self._store_ready()

    def finish(self, *, whole: bool) -> None:
        """Store what is complete. Raises BadBatch when the body, said to be whole, ends inside a frame."""
        if self._spool is not None:
            self._spool.close()
        self._store_ready()
        if whole:
            self._reader.finish()

    def _begin(self, blob: str, size: int | None) -> None:
        if size is None:
            raise BadBatch("A frame of a missing blob stands in an upload.")
        self._current = blob
        if size > MEBIBYTE:
            self._spool = Spool(self._blobs.spool_folder)

    def _add(self, part: bytes) -> None:
        if self._spool is not None:
            self._spool.write(part)
        else:
            self._parts.append(part)

    def _complete(self) -> None:
        if self._spool is not None:
            with self._spool as spool:
                self._spool = None
                self._check_room()
                self._count(single.store_spool(self._db, self._blobs, self._user_id, self._current, spool), spool.size)
            return
        content = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts = []
        if hash_bytes(content) != self._current:
            raise HashMismatch(self._current)
        self._ready[self._current] = content
        self._ready_bytes += len(content)

    def _check_room(self) -> None:
        with self._db.read() as tx:
            single.check_room(tx, self._user_id, self._quota)

    def _store_ready(self) -> None:
        """Write the collected small blobs as one pack, leaving out what is stored already."""
        ready, self._ready, self._ready_bytes = self._ready, {}, 0
        if not ready:
            return
        with self._db.read() as tx:
            missing = single.find(tx, self._user_id, list(ready)).missing
            if missing:
                single.check_room(tx, self._user_id, self._quota)
        pack = single.write_pack(self._blobs, self._user_id, {b: ready[b] for b in missing}) if missing else None
        fresh = self._register(pack, list(ready.keys() - missing))
        self.result = Stored(
            stored=self.result.stored + len(fresh),
            existing=self.result.existing + len(ready) - len(fresh),
            size=self.result.size + sum(fresh.values()),
        )

    def _register(self, pack: Pack | None, known: list[str]) -> dict[str, int]:
        with self._db.write() as tx:
            single.hold(tx, self._user_id)
            single.keep(tx, self._user_id, known)
            return single.register(tx, self._blobs, self._user_id, pack) if pack is not None else {}

    def _count(self, fresh: bool, size: int) -> None:
        before = self.result
        if fresh:
            self.result = Stored(before.stored + 1, before.existing, before.size + size)
        else:
            self.result = Stored(before.stored, before.existing + 1, before.size)


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
