"""`/v1/blobs`: what is stored, and where it is up- and downloaded."""

from collections.abc import Sequence

import msgspec

from asterism.base.errors import Invalid
from asterism.faces.v1.call import Call, get, post
from asterism.features.versions import storage
from asterism.features.versions.storage import MEBIBYTE
from asterism.vcs.content import is_hash

MAX_HASHES = 100


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
