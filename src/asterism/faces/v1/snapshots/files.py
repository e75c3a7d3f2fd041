"""`/v1/snapshots/:snapshotId/files`: browsing a tree (ours)."""

from typing import Any

from asterism.faces.v1.call import Call, get
from asterism.features.versions import snapshots, storage
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
