"""`/v1/blobs`: what is stored, where it is up- and downloaded, and both, one by one."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import msgspec

from asterism.asgi.answers import Content, Created, NotModified, Octets, Ok, PartialContent
from asterism.asgi.body import Upload
from asterism.asgi.files import RangeNotSatisfiable, not_modified, parse_range
from asterism.asgi.limits import CONTENT
from asterism.asgi.signature import Header, Takes
from asterism.base.errors import Invalid
from asterism.faces.v1.call import Call, get, post, put
from asterism.features.versions import storage
from asterism.features.versions.storage import MEBIBYTE
from asterism.vcs.content import is_hash

MAX_HASHES = 100
CACHING = {"Cache-Control": "private, max-age=31536000, immutable", "Accept-Ranges": "bytes"}


class HashList(msgspec.Struct):
    """Some blobs."""

    hashes: list[str]


class KnownBlobs(msgspec.Struct):
    """Which of some blobs are stored."""

    missing: Sequence[str]
    existing: Sequence[str]
    checked: int


class UploadUrls(msgspec.Struct):
    """Where to upload each blob, by its hash."""

    urls: dict[str, str]


class DownloadUrls(msgspec.Struct):
    """Where to download each blob, by its hash, and which are not there."""

    urls: dict[str, str]
    missing: Sequence[str]


class StoredBlob(msgspec.Struct):
    """A blob that is stored now; `created` says whether it was not before."""

    hash: str
    size: int
    created: bool


class How(msgspec.Struct):
    """Whether all of a large blob is hashed before its first byte is sent; small ones always are."""

    verify: bool = False


class Stored(msgspec.Struct):
    """How many things of one kind are stored; `mb` are mebibytes with two decimals."""

    count: int
    bytes: int
    mb: float


class Total(msgspec.Struct):
    """How much is stored altogether; `mb` are mebibytes with two decimals."""

    bytes: int
    mb: float


class BlobStats(msgspec.Struct):
    """How much a user stores."""

    blobs: Stored
    manifests: Stored
    total: Total
    quota_bytes: int


@post("/v1/blobs/exists")
async def exists(call: Call, body: HashList) -> KnownBlobs:
    """POST /v1/blobs/exists: say which of up to 100 blobs are stored."""
    hashes, user_id = limited(body.hashes), call.caller.user_id
    found = await call.rt.db.run_read(storage.find, user_id, hashes)
    if found.existing:  # only then there is something to write down, and a writer's turn to wait for
        found = await call.rt.db.run(storage.keep, user_id, hashes)
    return KnownBlobs(found.missing, found.existing, len(found.missing) + len(found.existing))


@post("/v1/blobs/presign-upload")
def presign_upload(call: Call, body: HashList) -> UploadUrls:
    """POST /v1/blobs/presign-upload: say where to upload up to 100 blobs."""
    hashes = well_formed(body.hashes)
    storage.keep(call.tx, call.caller.user_id, hashes)
    return UploadUrls({blob: f"/v1/blobs/upload/{blob}" for blob in hashes})


@post("/v1/blobs/presign-download", tx="read")
def presign_download(call: Call, body: HashList) -> DownloadUrls:
    """POST /v1/blobs/presign-download: say where to download up to 100 blobs, and which of them are not stored."""
    hashes = well_formed(body.hashes)
    found = storage.find(call.tx, call.caller.user_id, hashes)
    return DownloadUrls({blob: f"/v1/blobs/download/{blob}" for blob in hashes}, found.missing)


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


@get("/v1/blobs/stats")
def stats(call: Call) -> BlobStats:
    """GET /v1/blobs/stats: how much the caller stores."""
    used = storage.usage(call.tx, call.caller.user_id)
    total = used.blob_bytes + used.manifest_bytes
    return BlobStats(
        blobs=Stored(used.blob_count, used.blob_bytes, megabytes(used.blob_bytes)),
        manifests=Stored(used.manifest_count, used.manifest_bytes, megabytes(used.manifest_bytes)),
        total=Total(total, megabytes(total)),
        quota_bytes=call.rt.storage_limits.quota_bytes,
    )


def limited(hashes: list[str], maximum: int = MAX_HASHES) -> list[str]:
    """Return the hashes. Raises Invalid when there are more than the maximum: they are never cut silently."""
    if len(hashes) > maximum:
        raise Invalid.field("hashes", f"must have at most {maximum} items")
    return hashes


def well_formed(hashes: list[str], maximum: int = MAX_HASHES) -> list[str]:
    """Return the hashes. Raises Invalid when one is none, or there are too many."""
    wrong = [index for index, blob in enumerate(limited(hashes, maximum)) if not is_hash(blob)]
    if wrong:
        raise Invalid.fields([(f"hashes[{index}]", "is not a SHA-256 in lower-case hexadecimal") for index in wrong])
    return hashes


def megabytes(size: int) -> float:
    """Return bytes as mebibytes with two decimals."""
    return round(size / MEBIBYTE, 2)
