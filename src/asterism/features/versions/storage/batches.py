"""Many blobs in one body: receiving a batch and sending one (framing: `vcs/batch.py`).

Blobs of a batch are verified as they arrive, collected, and stored a pack at a time. Whatever ends a batch early (the
client dies, a hash is wrong), the complete blobs before that are stored. On a slow or silent connection what is
complete is stored every few seconds, so that not even the death of this process makes a client send much again.
"""

import asyncio
from collections.abc import AsyncIterator

from asterism.features.versions.storage import blobs as single
from asterism.features.versions.storage.errors import HashMismatch
from asterism.features.versions.storage.models import MEBIBYTE, Limits, Stored
from asterism.kernel.blobs import Blobs, Spool
from asterism.kernel.db import Database
from asterism.vcs.batch import BadBatch, BatchReader, FrameData, FrameEnd, FrameStart
from asterism.vcs.content import hash_bytes

TAKEN_AT_ONCE = 2 * MEBIBYTE
PACK_BYTES = 16 * MEBIBYTE
PACK_BLOBS = 4000
HELD_SECONDS = 2.0  # how long complete blobs may wait in memory for their pack to fill


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

    def store_complete(self) -> None:
        """Store the blobs that are complete without waiting for more."""
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
                fresh = single.store_spool(self._db, self._blobs, self._user_id, self._current, spool, self._quota)
                self._count(fresh, spool.size)
            return
        content = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts = []
        if hash_bytes(content) != self._current:
            raise HashMismatch(self._current)
        self._ready[self._current] = content
        self._ready_bytes += len(content)

    def _store_ready(self) -> None:
        """Write the collected small blobs as one pack, leaving out what is stored already."""
        ready, self._ready, self._ready_bytes = self._ready, {}, 0
        if not ready:
            return
        fresh = single.store_small(self._db, self._blobs, self._user_id, ready, self._quota)
        self.result = Stored(
            stored=self.result.stored + len(fresh),
            existing=self.result.existing + len(ready) - len(fresh),
            size=self.result.size + sum(fresh.values()),
        )

    def _count(self, fresh: bool, size: int) -> None:
        before = self.result
        if fresh:
            self.result = Stored(before.stored + 1, before.existing, before.size + size)
        else:
            self.result = Stored(before.stored, before.existing + 1, before.size)


async def receive(receiver: Receiver, chunks: AsyncIterator[bytes], *, held_seconds: float = HELD_SECONDS) -> Stored:
    """Store a batch as its bytes arrive; storing one part and receiving the next go on side by side.

    What is complete is stored after `held_seconds` at the latest, whether or not more arrives.
    """
    intake = _Intake(receiver)
    whole = False
    try:
        async for chunk in _with_pauses(chunks, held_seconds):
            await intake.take(chunk)
        whole = True
    finally:
        try:
            await intake.settle()
        except BaseException:
            whole = False
            raise
        finally:
            await asyncio.shield(asyncio.to_thread(receiver.finish, whole=whole))
    return receiver.result


class _Intake:
    """Hands what arrives to a receiver in a thread, one call at a time, `TAKEN_AT_ONCE` bytes or more each."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._waiting: list[bytes] = []
        self._size = 0
        self._storing: asyncio.Future[None] | None = None

    async def take(self, chunk: bytes | None) -> None:
        """Take bytes; None says that it is time to store what is complete."""
        if chunk is not None:
            self._waiting.append(chunk)
            self._size += len(chunk)
        if chunk is None or self._size >= TAKEN_AT_ONCE:
            if self._storing is not None:
                await self._storing
            self._storing = asyncio.ensure_future(asyncio.to_thread(self._work, self._taken(), chunk is None))

    async def settle(self) -> None:
        """Wait for what is under way and take what is left."""
        if self._storing is not None:
            await self._storing
        await asyncio.to_thread(self._work, self._taken(), False)

    def _taken(self) -> bytes:
        taken = b"".join(self._waiting)
        self._waiting, self._size = [], 0
        return taken

    def _work(self, data: bytes, store: bool) -> None:
        self._receiver.take(data)
        if store:
            self._receiver.store_complete()


async def _with_pauses(chunks: AsyncIterator[bytes], seconds: float) -> AsyncIterator[bytes | None]:
    """Yield the chunks, and None whenever so many seconds have passed since the last None."""
    loop = asyncio.get_running_loop()
    due = loop.time() + seconds
    coming = asyncio.ensure_future(_next(chunks))
    try:
        while True:
            await asyncio.wait({coming}, timeout=max(0.0, due - loop.time()))
            if loop.time() >= due:
                yield None
                due = loop.time() + seconds
            if coming.done():
                chunk = coming.result()
                if chunk is None:
                    return
                yield chunk
                coming = asyncio.ensure_future(_next(chunks))
    finally:
        coming.cancel()


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)
