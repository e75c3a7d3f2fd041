"""`/v1/blobs/download/:hash`: one blob, fetched."""

import asyncio
from typing import Annotated

import msgspec

from asterism.asgi.answers import Content, NotModified, Octets, PartialContent
from asterism.asgi.files import RangeNotSatisfiable, not_modified, parse_range
from asterism.asgi.limits import CONTENT
from asterism.asgi.signature import Header
from asterism.faces.v1.call import Call, get
from asterism.features.versions import storage

CACHING = {"Cache-Control": "private, max-age=31536000, immutable", "Accept-Ranges": "bytes"}


class How(msgspec.Struct):
    """Whether all of a large blob is hashed before its first byte is sent; small ones always are."""

    verify: bool = False


@get("/v1/blobs/download/{hash:str}", rate=CONTENT, errors=(RangeNotSatisfiable, storage.BlobGone))
async def download(
    call: Call,
    hash: str,
    if_none_match: Annotated[str | None, Header("If-None-Match")],
    range: Annotated[str | None, Header("Range")],
    if_range: Annotated[str | None, Header("If-Range")],
    query: How,
) -> Content[Octets] | PartialContent[Octets] | NotModified:
    """GET /v1/blobs/download/:hash: a blob's bytes, whole or one range of them; `verify=true` hashes them first."""
    place = await call.rt.db.run_read(storage.locate, call.caller.user_id, hash)
    headers = {"ETag": f'"{hash}"', **CACHING}
    if not_modified(if_none_match, hash):
        return NotModified(headers)
    start, end, partial = parse_range(range, if_range, place.size, headers)
    headers["Content-Length"] = str(end - start)
    blob = (call.rt.db, call.rt.blobs, call.caller.user_id, hash, place)
    content = await asyncio.to_thread(storage.open_range, *blob, start, end, verified=query.verify)
    return (PartialContent if partial else Content)(content, Octets, headers)
