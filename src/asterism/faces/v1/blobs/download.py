"""`/v1/blobs/download/:hash`: one blob, fetched."""

import asyncio
from typing import Any

from litestar import Response
from litestar.response import Stream

from asterism.asgi.endpoint import Call, get
from asterism.asgi.files import not_modified, parse_range
from asterism.features.versions import storage
from asterism.features.versions.storage import MEBIBYTE

CACHING = {"Cache-Control": "private, max-age=31536000, immutable", "Accept-Ranges": "bytes"}


@get("/v1/blobs/download/{hash:str}")
async def download(call: Call[None]) -> Any:
    """GET /v1/blobs/download/:hash: a blob's bytes, whole or one range of them."""
    blob, user_id, blobs = call.path["hash"], call.caller.user_id, call.rt.blobs
    place = await call.rt.db.run_read(storage.locate, user_id, blob)
    headers = {"ETag": f'"{blob}"', **CACHING}
    if not_modified(call.request, blob):
        return Response(b"", status_code=304, headers=headers)
    start, end, status = parse_range(call.request, place.size, headers)
    headers["Content-Length"] = str(end - start)
    pieces = storage.read(call.rt.db, blobs, user_id, blob, place, start, end)
    if end - start <= MEBIBYTE:
        content = await asyncio.to_thread(b"".join, pieces)
        return Response(content, status_code=status, media_type="application/octet-stream", headers=headers)
    return Stream(pieces, status_code=status, media_type="application/octet-stream", headers=headers)
