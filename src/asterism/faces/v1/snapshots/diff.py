"""`/v1/snapshots/:snapshotId/diff/:otherSnapshotId`: what differs between two trees (ours)."""

import asyncio
from functools import partial
from typing import Annotated, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.faces.v1.call import Call, get
from asterism.features.versions import snapshots, storage

T = TypeVar("T")


class Compared(msgspec.Struct):
    """What to compare: a page of all files, counting `lines` if asked to, or the lines of the one at `path`."""

    limit: Annotated[int, Meta(ge=1, le=10_000)] = 1000
    cursor: str | None = None
    path: str | None = None
    lines: bool = False


class SnapshotChange(msgspec.Struct, kw_only=True):
    """A path that differs; a member that is not known is absent."""

    path: str
    change: str
    old_hash: str | UnsetType = UNSET
    old_mode: int | UnsetType = UNSET
    new_hash: str | UnsetType = UNSET
    new_mode: int | UnsetType = UNSET
    binary: bool | UnsetType = UNSET
    additions: int | UnsetType = UNSET
    deletions: int | UnsetType = UNSET
    too_large: bool | UnsetType = UNSET


class TreeDiff(msgspec.Struct, kw_only=True):
    """What differs; `diff` is the unified diff of the one file that was asked for."""

    files: list[SnapshotChange]
    diff: str | UnsetType = UNSET
    next_cursor: str | None


@get("/v1/snapshots/{snapshot_id:str}/diff/{other_snapshot_id:str}", errors=(storage.BlobsMissing,))
async def diff(call: Call, snapshot_id: str, other_snapshot_id: str, query: Compared) -> TreeDiff:
    """GET /v1/snapshots/:snapshotId/diff/:otherSnapshotId: what differs, file by file; with `path` also its lines."""
    sides = (call.rt.db, call.rt.blobs, call.caller, snapshot_id, other_snapshot_id)
    if query.path is not None:
        one = await asyncio.to_thread(snapshots.compare_file, *sides, query.path)
        return TreeDiff(files=[change(one)], diff=one.lines.text if one.lines else "", next_cursor=None)
    cursor = query.cursor or None
    page = await asyncio.to_thread(
        partial(snapshots.compare_snapshots, *sides, limit=query.limit, cursor=cursor, lines=query.lines)
    )
    return TreeDiff(files=[change(found) for found in page.items], next_cursor=page.next_cursor)


def change(found: snapshots.FileChange) -> SnapshotChange:
    """Write one path that differs."""
    old, new, lines = found.change.old, found.change.new, found.lines
    return SnapshotChange(
        path=found.change.path,
        change=found.change.kind,
        old_hash=(old.hash or UNSET) if old else UNSET,
        old_mode=(old.mode or UNSET) if old else UNSET,
        new_hash=(new.hash or UNSET) if new else UNSET,
        new_mode=(new.mode or UNSET) if new else UNSET,
        binary=known(lines.binary if lines else None),
        additions=known(lines.additions if lines else None),
        deletions=known(lines.deletions if lines else None),
        too_large=(lines.too_large or UNSET) if lines else UNSET,
    )


def known(value: T | None) -> T | UnsetType:
    """Return a value, UNSET for None."""
    return UNSET if value is None else value
