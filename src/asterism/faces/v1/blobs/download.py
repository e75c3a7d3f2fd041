"""`/v1/blobs/download/:hash`: one blob, fetched."""

import asyncio
from typing import Annotated

from asterism.asgi.answers import Content, NotModified, Octets, PartialContent
from asterism.asgi.files import not_modified, parse_range
from asterism.asgi.signature import Header
from asterism.faces.v1.call import Call, get
from asterism.features.versions import storage
from asterism.features.versions.storage import MEBIBYTE

CACHING = {"Cache-Control": "private, max-age=31536000, immutable", "Accept-Ranges": "bytes"}


@get("/v1/blobs/download/{hash:str}")
async def download(
    call: Call[None],
    hash: str,
    if_none_match: Annotated[str | None, Header("If-None-Match")],
    range: Annotated[str | None, Header("Range")],
    if_range: Annotated[str | None, Header("If-Range")],
) -> Content[Octets] | PartialContent[Octets] | NotModified:
    """GET /v1/blobs/download/:hash: a blob's bytes, whole or one range of them."""
    user_id = call.caller.user_id
    place = await call.rt.db.run_read(storage.locate, user_id, hash)
    headers = {"ETag": f'"{hash}"', **CACHING}
    if not_modified(if_none_match, hash):
        return NotModified(headers)
    start, end, partial = parse_range(range, if_range, place.size, headers)
    headers["Content-Length"] = str(end - start)
    pieces = storage.read(call.rt.db, call.rt.blobs, user_id, hash, place, start, end)
    small = end - start <= MEBIBYTE
    content = await asyncio.to_thread(b"".join, pieces) if small else pieces
    return (PartialContent if partial else Content)(content, Octets, headers)
