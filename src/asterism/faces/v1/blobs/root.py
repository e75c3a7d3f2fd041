"""`/v1/blobs`: what is stored, and where it is up- and downloaded."""

from typing import Any

import msgspec

from asterism.asgi.endpoint import Call, get, post
from asterism.base.errors import Invalid
from asterism.features.versions import storage
from asterism.features.versions.storage import MEBIBYTE
from asterism.vcs.content import is_hash

MAX_HASHES = 100


class Hashes(msgspec.Struct):
    """Some blobs."""

    hashes: list[str]


@post("/v1/blobs/exists", body=Hashes)
async def exists(call: Call[Hashes]) -> Any:
    """POST /v1/blobs/exists: say which of up to 100 blobs are stored."""
    hashes, user_id = limited(call.body.hashes), call.caller.user_id
    found = await call.rt.db.run_read(storage.find, user_id, hashes)
    if found.existing:  # only then there is something to write down, and a writer's turn to wait for
        found = await call.rt.db.run(storage.keep, user_id, hashes)
    checked = len(found.missing) + len(found.existing)
    return {"missing": found.missing, "existing": found.existing, "checked": checked}


@post("/v1/blobs/presign-upload", body=Hashes)
def presign_upload(call: Call[Hashes]) -> Any:
    """POST /v1/blobs/presign-upload: say where to upload up to 100 blobs."""
    hashes = well_formed(call.body.hashes)
    storage.keep(call.tx, call.caller.user_id, hashes)
    return {"urls": {blob: f"/v1/blobs/upload/{blob}" for blob in hashes}}


@post("/v1/blobs/presign-download", body=Hashes, tx="read")
def presign_download(call: Call[Hashes]) -> Any:
    """POST /v1/blobs/presign-download: say where to download up to 100 blobs, and which of them are not stored."""
    hashes = well_formed(call.body.hashes)
    found = storage.find(call.tx, call.caller.user_id, hashes)
    return {"urls": {blob: f"/v1/blobs/download/{blob}" for blob in hashes}, "missing": found.missing}


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


@get("/v1/blobs/stats")
def stats(call: Call[None]) -> Any:
    """GET /v1/blobs/stats: how much the caller stores."""
    used = storage.usage(call.tx, call.caller.user_id)
    total = used.blob_bytes + used.manifest_bytes
    return {
        "blobs": {"count": used.blob_count, "bytes": used.blob_bytes, "mb": megabytes(used.blob_bytes)},
        "manifests": {
            "count": used.manifest_count,
            "bytes": used.manifest_bytes,
            "mb": megabytes(used.manifest_bytes),
        },
        "total": {"bytes": total, "mb": megabytes(total)},
        "quota_bytes": call.rt.storage_limits.quota_bytes,
    }


def megabytes(size: int) -> float:
    """Return bytes as mebibytes with two decimals."""
    return round(size / MEBIBYTE, 2)
