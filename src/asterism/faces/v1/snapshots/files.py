"""`/v1/snapshots/:snapshotId/files` and `/v1/snapshots/:a/diff/:b` (ours)."""

from typing import Any

from asterism.asgi.endpoint import Call, get
from asterism.features import snapshots, storage
from asterism.features.snapshots import FileChange
from asterism.vcs.tree import Node


@get("/v1/snapshots/{snapshot_id:str}/files")
def files(call: Call[None]) -> Any:
    """GET /v1/snapshots/:snapshotId/files: one folder of its tree, folders first."""
    limit = call.query.limit(default=1000, maximum=5000)
    path = call.query.text("path") or ""
    found = snapshots.get_snapshot(call.tx, call.caller, call.path["snapshot_id"])
    page = storage.list_folder(
        call.tx, call.caller.user_id, found.manifest_hash, path, limit=limit, cursor=call.query.cursor()
    )
    return {"entries": [entry(node, path) for node in page.items], "next_cursor": page.next_cursor}


def entry(node: Node, folder: str) -> dict[str, Any]:
    """Write one child of a folder; a member that its type does not have is absent."""
    at_itself = folder == node.name or folder.endswith(f"/{node.name}")
    path = folder if at_itself and node.type != "dir" else f"{folder}/{node.name}" if folder else node.name
    known: dict[str, Any] = {"name": node.name, "path": path, "type": node.type}
    if node.type == "file":
        known |= {"size": node.size, "hash": node.hash}
    if node.type == "symlink":
        known["target"] = node.target
    if node.mode:
        known["mode"] = node.mode
    return known


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
