"""`/v1/snapshots/:snapshotId/diff/:otherSnapshotId`: what differs between two trees (ours)."""

from typing import Any

from asterism.asgi.endpoint import Call, get
from asterism.features.versions import snapshots
from asterism.features.versions.snapshots import FileChange


@get("/v1/snapshots/{snapshot_id:str}/diff/{other_snapshot_id:str}")
def diff(call: Call[None]) -> Any:
    """GET /v1/snapshots/:snapshotId/diff/:otherSnapshotId: what differs, file by file; with `path` also its lines."""
    limit = call.query.limit(default=1000, maximum=10_000)
    old, new, path = call.path["snapshot_id"], call.path["other_snapshot_id"], call.query.text("path")
    if path is not None:
        one = snapshots.compare_file(call.tx, call.rt.blobs, call.caller, old, new, path)
        text = one.lines.text if one.lines else ""
        return {"files": [change(one)], "diff": text, "next_cursor": None}
    lines = call.query.flag("lines")
    page = snapshots.compare_snapshots(
        call.tx, call.rt.blobs, call.caller, old, new, limit=limit, cursor=call.query.cursor(), lines=lines
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
