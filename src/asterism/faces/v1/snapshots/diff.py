"""`/v1/snapshots/:snapshotId/diff/:otherSnapshotId`: what differs between two trees (ours)."""

import asyncio
from functools import partial
from typing import Any

from asterism.faces.v1.call import Call, get
from asterism.features.versions import snapshots
from asterism.features.versions.snapshots import FileChange


@get("/v1/snapshots/{snapshot_id:str}/diff/{other_snapshot_id:str}")
async def diff(call: Call[None]) -> Any:
    """GET /v1/snapshots/:snapshotId/diff/:otherSnapshotId: what differs, file by file; with `path` also its lines."""
    limit = call.query.limit(default=1000, maximum=10_000)
    old, new, path = call.path["snapshot_id"], call.path["other_snapshot_id"], call.query.text("path")
    sides = (call.rt.db, call.rt.blobs, call.caller, old, new)
    if path is not None:
        one = await asyncio.to_thread(snapshots.compare_file, *sides, path)
        return {"files": [change(one)], "diff": one.lines.text if one.lines else "", "next_cursor": None}
    lines, cursor = call.query.flag("lines"), call.query.cursor()
    page = await asyncio.to_thread(
        partial(snapshots.compare_snapshots, *sides, limit=limit, cursor=cursor, lines=lines)
    )
    return {"files": [change(found) for found in page.items], "next_cursor": page.next_cursor}


def change(found: FileChange) -> dict[str, Any]:
    """Write one path that differs; a member that is not known is absent."""
    old, new = found.change.old, found.change.new
    known: dict[str, Any] = {"path": found.change.path, "change": found.change.kind}
    if old is not None:
        known["old_hash"] = old.hash or None
        known["old_mode"] = old.mode or None
    if new is not None:
        known["new_hash"] = new.hash or None
        known["new_mode"] = new.mode or None
    if found.lines is not None:
        known["binary"] = found.lines.binary
        known["additions"] = found.lines.additions
        known["deletions"] = found.lines.deletions
        known["too_large"] = found.lines.too_large or None
    return {name: value for name, value in known.items() if value is not None}
