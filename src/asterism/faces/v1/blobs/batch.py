"""`/v1/blobs/batch` and `/v1/blobs/batch-download`: many blobs in one body (ours; framing: `vcs/batch.py`)."""

from typing import Any

import msgspec
from litestar.response import Stream

from asterism.asgi.body import stream_body
from asterism.asgi.endpoint import Call, post
from asterism.base.errors import Invalid
from asterism.faces.v1.blobs.root import limited, well_formed
from asterism.features.versions import storage
from asterism.vcs.batch import MEDIA_TYPE

MAX_HASHES = 1000
MAX_ASKED = 10_000


class BatchOfHashes(msgspec.Struct):
    """The blobs to send, in this order."""

    hashes: list[str]


@post("/v1/blobs/batch", raw=True)
async def upload(call: Call[None]) -> Any:
    """POST /v1/blobs/batch: store many blobs, each verified and stored as it arrives."""
    limits = call.rt.storage_limits
    receiver = storage.Receiver(call.rt.db, call.rt.blobs, call.caller.user_id, limits)
    done = await storage.receive(receiver, stream_body(call.request))
    return {"stored": done.stored, "existing": done.existing, "bytes": done.size}


@post("/v1/blobs/batch-download", body=BatchOfHashes)
async def download(call: Call[BatchOfHashes]) -> Any:
    """POST /v1/blobs/batch-download: send up to 1000 blobs as one body, in the order asked for."""
    hashes = well_formed(call.body.hashes, MAX_HASHES)
    if not hashes:
        raise Invalid.field("hashes", "must not be empty")
    user_id = call.caller.user_id
    plan = await call.rt.db.run_read(storage.plan_sending, user_id, hashes)
    headers = {"Content-Length": str(storage.body_size(plan)), "Cache-Control": "no-store"}
    frames = storage.send(call.rt.db, call.rt.blobs, user_id, plan)
    return Stream(frames, status_code=200, media_type=MEDIA_TYPE, headers=headers)


@post("/v1/blobs/batch-exists", body=BatchOfHashes)
async def exists(call: Call[BatchOfHashes]) -> Any:
    """POST /v1/blobs/batch-exists: say which of up to 10,000 blobs are not stored."""
    hashes, user_id = limited(call.body.hashes, MAX_ASKED), call.caller.user_id
    found = await call.rt.db.run_read(storage.find, user_id, hashes)
    if found.existing:  # only then there is something to write down
        found = await call.rt.db.run(storage.keep, user_id, hashes)
    return {"missing": found.missing, "checked": len(found.missing) + len(found.existing)}
