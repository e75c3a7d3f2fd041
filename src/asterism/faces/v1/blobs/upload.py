"""`/v1/blobs/upload/:hash`: one blob, sent."""

from typing import Annotated

import msgspec

from asterism.asgi.answers import Created, Ok
from asterism.asgi.body import Upload
from asterism.asgi.limits import CONTENT
from asterism.asgi.signature import Takes
from asterism.faces.v1.call import Call, put
from asterism.features.versions import storage


class StoredBlob(msgspec.Struct):
    """A blob that is stored now; `created` says whether it was not before."""

    hash: str
    size: int
    created: bool


@put("/v1/blobs/upload/{hash:str}", rate=CONTENT, errors=(storage.QuotaExceeded, storage.HashMismatch))
async def upload(
    call: Call, hash: str, body: Annotated[Upload, Takes.of("application/octet-stream")]
) -> Created[StoredBlob] | Ok[StoredBlob]:
    """PUT /v1/blobs/upload/:hash: store a blob, streamed, under the hash it turns out to have."""
    size, created = await storage.receive_blob(
        call.rt.db,
        call.rt.blobs,
        call.caller.user_id,
        hash,
        body.stream(),
        limits=call.rt.storage_limits,
        announced=body.announced,
    )
    answer = StoredBlob(hash, size, created)
    return Created(answer) if created else Ok(answer)
