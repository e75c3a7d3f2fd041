"""Receiving one blob of any size: hashed on the way, in memory while small, else in a temporary file."""

import asyncio
from collections.abc import AsyncIterator

from asterism.base.errors import TooLarge
from asterism.features.versions.storage import blobs as single
from asterism.features.versions.storage.models import MEBIBYTE, Limits
from asterism.kernel.blobs import Blobs, Spool
from asterism.kernel.db import Database

TAKEN_AT_ONCE = MEBIBYTE


async def receive_blob(
    db: Database,
    blobs: Blobs,
    user_id: str,
    named: str,
    chunks: AsyncIterator[bytes],
    *,
    limits: Limits,
    announced: int | None,
) -> tuple[int, bool]:
    """Store an upload; return its size and whether it is new. What is cut off leaves nothing behind.

    Raises TooLarge (`announced` is the size the client says it will send), HashMismatch, QuotaExceeded, Unavailable.
    """
    if announced is not None and announced > limits.blob_bytes:
        raise TooLarge.bytes(limits.blob_bytes, "The blob")
    await db.run_read(single.check_room, user_id, limits.quota_bytes)
    with Spool(blobs.spool_folder) as spool:
        waiting: list[bytes] = []
        held = 0
        async for chunk in chunks:
            waiting.append(chunk)
            held += len(chunk)
            if spool.size + held > limits.blob_bytes:
                raise TooLarge.bytes(limits.blob_bytes, "The blob")
            if held >= TAKEN_AT_ONCE:
                await asyncio.to_thread(spool.write, b"".join(waiting))
                waiting, held = [], 0
        await asyncio.to_thread(spool.write, b"".join(waiting))
        quota = limits.quota_bytes
        created = await asyncio.to_thread(single.store_spool, db, blobs, user_id, named, spool, quota)
        return spool.size, created
