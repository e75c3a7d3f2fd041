"""`/v1/blobs/manifests/:hash`: the exact bytes of manifests, and what differs between the trees they name."""

import asyncio
from functools import partial
from typing import Annotated

import msgspec

from asterism.asgi.answers import Content, Created, Media, NotModified, Ok
from asterism.asgi.body import Upload
from asterism.asgi.files import not_modified
from asterism.asgi.limits import CONTENT
from asterism.asgi.signature import Header, Takes
from asterism.faces.v1.call import Call, get, put
from asterism.faces.v1.snapshots import Compared, TreeDiff, told
from asterism.features.versions import snapshots, storage
from asterism.vcs.manifest import InvalidJson
from asterism.vcs.rules import ManifestInvalid


class StoredManifest(msgspec.Struct):
    """A manifest that is stored now; `created` says whether it was not before."""

    hash: str
    created: bool


class ManifestBytes(Media):
    """The bytes of a manifest, exactly as they were sent (Fastest 7.1)."""

    type = "application/json"


@put(
    "/v1/blobs/manifests/{hash:str}",
    rate=CONTENT,
    errors=(storage.QuotaExceeded, storage.HashMismatch, InvalidJson, ManifestInvalid),
)
async def upload(
    call: Call, hash: str, body: Annotated[Upload, Takes.of("application/json")]
) -> Created[StoredManifest] | Ok[StoredManifest]:
    """PUT /v1/blobs/manifests/:hash: check and store a manifest, byte for byte."""
    limits = call.rt.storage_limits
    data = await body.read(limits.manifest_bytes)
    where = (call.rt.db, call.rt.blobs, call.caller.user_id)
    created = await asyncio.to_thread(storage.upload, *where, hash, data, quota=limits.quota_bytes)
    answer = StoredManifest(hash, created)
    return Created(answer) if created else Ok(answer)


@get("/v1/blobs/manifests/{hash:str}", rate=CONTENT, errors=(storage.ManifestLost,))
def download(
    call: Call, hash: str, if_none_match: Annotated[str | None, Header("If-None-Match")]
) -> Content[ManifestBytes] | NotModified:
    """GET /v1/blobs/manifests/:hash: the stored bytes, unchanged."""
    headers = {"ETag": f'"{hash}"', "Cache-Control": "private, max-age=31536000, immutable"}
    data = storage.manifest_bytes(call.tx, call.rt.blobs, call.caller.user_id, hash)
    if not_modified(if_none_match, hash):
        return NotModified(headers)
    return Content(data, ManifestBytes, headers)


@get("/v1/blobs/manifests/{hash:str}/diff/{other_hash:str}", errors=(storage.BlobsMissing,))
async def diff(call: Call, hash: str, other_hash: str, query: Compared) -> TreeDiff:
    """GET /v1/blobs/manifests/:hash/diff/:otherHash: how two trees differ, by file; with `path` also its lines."""
    sides = (call.rt.db, call.rt.blobs, call.caller, hash, other_hash)
    return await told(query, partial(snapshots.compare_tree_file, *sides), partial(snapshots.compare_trees, *sides))
