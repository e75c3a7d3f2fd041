"""`/v1/blobs/gc`."""

import asyncio
from typing import Annotated, Any

import msgspec

from asterism.faces.v1.blobs.root import megabytes
from asterism.faces.v1.call import Call, post
from asterism.features.versions import storage
from asterism.features.versions.storage import Collected, CollectionRequest


class Collection(msgspec.Struct):
    """How to collect."""

    dryRun: bool | None = None
    maxBlobs: Annotated[int, msgspec.Meta(ge=1, le=100_000)] | None = None
    minAgeSeconds: Annotated[int, msgspec.Meta(ge=0, le=10**9)] | None = None
    cursor: str | None = None

    def domain(self) -> CollectionRequest:
        """Return it as the domain knows it."""
        given = {"dry_run": self.dryRun, "max_blobs": self.maxBlobs, "min_age_seconds": self.minAgeSeconds}
        known: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        return CollectionRequest(**known, cursor=self.cursor)


class CollectionReport(msgspec.Struct):
    """What a collection found, and what it deleted (Fastest 7.6)."""

    success: bool
    dryRun: bool
    scannedBlobs: int
    orphanedBlobs: int
    freedBytes: int
    freedMB: float
    message: str
    deletedBlobs: int
    protectedBlobs: int
    scannedManifests: int
    orphanedManifests: int
    deletedManifests: int
    freedManifestBytes: int
    next_cursor: str | None


@post("/v1/blobs/gc", errors=(storage.CollectionRunning,))
async def collect(call: Call, body: Collection) -> CollectionReport:
    """POST /v1/blobs/gc: find, and unless it is a dry run delete, what nothing refers to."""
    user_id, request = call.caller.user_id, body.domain()
    rt = call.rt
    done = await asyncio.to_thread(storage.collect, rt.db, rt.blobs, user_id, request, rt.roots, rt.spare)
    return answer(done)


def answer(done: Collected) -> CollectionReport:
    """Write what a collection did (Fastest 7.6)."""
    verb = "would free" if done.dry_run else "freed"
    message = f"Examined {done.scanned_blobs} blobs, {done.orphaned_blobs} orphaned; {verb} {done.freed_bytes} bytes."
    return CollectionReport(
        success=True,
        dryRun=done.dry_run,
        scannedBlobs=done.scanned_blobs,
        orphanedBlobs=done.orphaned_blobs,
        freedBytes=done.freed_bytes,
        freedMB=megabytes(done.freed_bytes),
        message=message,
        deletedBlobs=done.deleted_blobs,
        protectedBlobs=done.protected_blobs,
        scannedManifests=done.scanned_manifests,
        orphanedManifests=done.orphaned_manifests,
        deletedManifests=done.deleted_manifests,
        freedManifestBytes=done.freed_manifest_bytes,
        next_cursor=done.next_cursor,
    )
