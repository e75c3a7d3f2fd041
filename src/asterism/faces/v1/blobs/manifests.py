"""`/v1/blobs/manifests/:hash`: the exact bytes of manifests."""

import asyncio
from typing import Any

from litestar import Response

from asterism.asgi.body import read_body
from asterism.asgi.endpoint import Call, Reply, get, put
from asterism.asgi.files import not_modified
from asterism.features.versions import storage


@put("/v1/blobs/manifests/{hash:str}", raw=True)
async def upload(call: Call[None]) -> Any:
    """PUT /v1/blobs/manifests/:hash: check and store a manifest, byte for byte."""
    data = await read_body(call.request, call.rt.storage_limits.manifest_bytes)
    named, user_id = call.path["hash"], call.caller.user_id
    created = await asyncio.to_thread(storage.upload, call.rt.db, call.rt.blobs, user_id, named, data)
    return Reply({"hash": named, "created": created}, status=201 if created else 200)


@get("/v1/blobs/manifests/{hash:str}")
def download(call: Call[None]) -> Any:
    """GET /v1/blobs/manifests/:hash: the stored bytes, unchanged."""
    named = call.path["hash"]
    headers = {"ETag": f'"{named}"', "Cache-Control": "private, max-age=31536000, immutable"}
    data = storage.manifest_bytes(call.tx, call.rt.blobs, call.caller.user_id, named)
    if not_modified(call.request, named):
        return Response(b"", status_code=304, headers=headers)
    return Response(data, status_code=200, media_type="application/json", headers=headers)
