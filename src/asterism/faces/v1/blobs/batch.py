"""`/v1/blobs/batch` and `/v1/blobs/batch-download`: many blobs in one body (ours; framing: `vcs/batch.py`)."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import msgspec

from asterism.asgi.answers import Content, Media
from asterism.asgi.body import Upload
from asterism.asgi.signature import Takes
from asterism.base.errors import Invalid
from asterism.faces.v1.blobs.root import limited, well_formed
from asterism.faces.v1.call import Call, post
from asterism.features.versions import storage
from asterism.vcs.batch import MEDIA_TYPE

MAX_HASHES = 1000
MAX_ASKED = 10_000


class BatchOfHashes(msgspec.Struct):
    """Some blobs, in this order."""

    hashes: list[str]


class StoredBatch(msgspec.Struct):
    """How many blobs of a batch were stored, how many were there already, and how many bytes came."""

    stored: int
    existing: int
    bytes: int


class MissingBlobs(msgspec.Struct):
    """The blobs that are not stored, of those that were asked for."""

    missing: Sequence[str]
    checked: int


class Batch(Media):
    """Frames of blobs, one after the other (`vcs/batch.py`)."""

    type = MEDIA_TYPE


@post("/v1/blobs/batch", errors=(storage.QuotaExceeded, storage.HashMismatch))
async def upload(call: Call, body: Annotated[Upload, Takes.of(MEDIA_TYPE)]) -> StoredBatch:
    """POST /v1/blobs/batch: store many blobs, each verified and stored as it arrives."""
    limits = call.rt.storage_limits
    receiver = storage.Receiver(call.rt.db, call.rt.blobs, call.caller.user_id, limits)
    done = await storage.receive(receiver, body.stream())
    return StoredBatch(done.stored, done.existing, done.size)


@post("/v1/blobs/batch-download", errors=(storage.BlobGone,))
async def download(call: Call, body: BatchOfHashes) -> Content[Batch]:
    """POST /v1/blobs/batch-download: send up to 1000 blobs as one body, in the order asked for."""
    hashes = well_formed(body.hashes, MAX_HASHES)
    if not hashes:
        raise Invalid.field("hashes", "must not be empty")
    user_id = call.caller.user_id
    plan = await call.rt.db.run_read(storage.plan_sending, user_id, hashes)
    frames = await asyncio.to_thread(storage.send, call.rt.db, call.rt.blobs, user_id, plan)
    return Content(frames, Batch, {})


@post("/v1/blobs/batch-exists")
async def exists(call: Call, body: BatchOfHashes) -> MissingBlobs:
    """POST /v1/blobs/batch-exists: say which of up to 10,000 blobs are not stored."""
    hashes, user_id = limited(body.hashes, MAX_ASKED), call.caller.user_id
    found = await call.rt.db.run_read(storage.find, user_id, hashes)
    if found.existing:  # only then there is something to write down
        found = await call.rt.db.run(storage.keep, user_id, hashes)
    return MissingBlobs(found.missing, len(found.missing) + len(found.existing))
