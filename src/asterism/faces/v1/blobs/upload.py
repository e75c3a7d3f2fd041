"""`/v1/blobs/upload/:hash`: one blob, sent."""

from typing import Any

from asterism.asgi.body import stream_body
from asterism.asgi.endpoint import Call, Reply, put
from asterism.features.versions import storage


@put("/v1/blobs/upload/{hash:str}", raw=True)
async def upload(call: Call[None]) -> Any:
    """PUT /v1/blobs/upload/:hash: store a blob, streamed, under the hash it turns out to have."""
    announced = call.request.headers.get("content-length", "")
    size, created = await storage.receive_blob(
        call.rt.db,
        call.rt.blobs,
        call.caller.user_id,
        call.path["hash"],
        stream_body(call.request),
        limits=call.rt.storage_limits,
        announced=int(announced) if announced.isdigit() else None,
    )
    body = {"hash": call.path["hash"], "size": size, "created": created}
    return Reply(body, status=201 if created else 200)
