"""`/v1/workspaces/:workspaceId` and what moves its pointers."""

from typing import Any

import msgspec

from asterism.asgi.answers import Conflicting
from asterism.faces.v1 import wire
from asterism.faces.v1.call import Call, delete, get, patch, post
from asterism.features.versions import workspaces


class WorkspaceChange(msgspec.Struct):
    """What to change of a workspace; null clears `local_path`."""

    name: str | None = None
    identifier: str | None = None
    local_path: str | msgspec.UnsetType | None = msgspec.UNSET


class CurrentManifest(msgspec.Struct):
    """The working tree that a client sees, and the one it saw before."""

    manifest_hash: str
    previous_manifest_hash: str | None = None


class SnapshotToRestore(msgspec.Struct):
    """The snapshot to go to."""

    snapshot_id: str


@get("/v1/workspaces/{workspace_id:str}")
def read(call: Call[None]) -> Any:
    """GET /v1/workspaces/:workspaceId: a workspace with its latest drift report."""
    found = workspaces.get_workspace(call.tx, call.caller, call.path["workspace_id"])
    return {"workspace": wire.workspace(found), "drift": None}


@patch("/v1/workspaces/{workspace_id:str}", body=WorkspaceChange)
def change(call: Call[WorkspaceChange]) -> Any:
    """PATCH /v1/workspaces/:workspaceId: change its name, identifier or local path."""
    changes: dict[str, str | None] = {"name": call.body.name, "identifier": call.body.identifier}
    if call.body.local_path is not msgspec.UNSET:
        changes["local_path"] = call.body.local_path
    found = workspaces.update_workspace(call.tx, call.caller, call.path["workspace_id"], changes)
    return {"workspace": wire.workspace(found)}


@delete("/v1/workspaces/{workspace_id:str}")
def remove(call: Call[None]) -> Any:
    """DELETE /v1/workspaces/:workspaceId: hide it; its snapshots stay."""
    workspaces.delete_workspace(call.tx, call.caller, call.path["workspace_id"])
    return {"success": True}


@post("/v1/workspaces/{workspace_id:str}/heartbeat")
def heartbeat(call: Call[None]) -> Any:
    """POST /v1/workspaces/:workspaceId/heartbeat: say that somebody works there."""
    seen = workspaces.heartbeat(call.tx, call.caller, call.path["workspace_id"])
    return {"success": True, "last_seen_at": seen}


@post("/v1/workspaces/{workspace_id:str}/set-as-main")
def set_as_main(call: Call[None]) -> Any:
    """POST /v1/workspaces/:workspaceId/set-as-main: make it the project's main workspace."""
    workspaces.set_as_main(call.tx, call.caller, call.path["workspace_id"])
    return {"success": True, "main_workspace_id": call.path["workspace_id"]}


@post("/v1/workspaces/{workspace_id:str}/current-manifest", body=CurrentManifest)
def current_manifest(call: Call[CurrentManifest]) -> Any:
    """POST /v1/workspaces/:workspaceId/current-manifest: compare and set the working tree."""
    move = workspaces.set_current_manifest(
        call.tx, call.caller, call.path["workspace_id"], call.body.manifest_hash, call.body.previous_manifest_hash
    )
    if not move.moved:
        body = {"updated": False, "conflict": True, "current_manifest_hash": move.current_manifest_hash}
        return Conflicting(body)
    return {"updated": True, "current_manifest_hash": move.current_manifest_hash, "stored": move.stored}


@get("/v1/workspaces/{workspace_id:str}/snapshots")
def snapshots(call: Call[None]) -> Any:
    """GET /v1/workspaces/:workspaceId/snapshots: its snapshots, its history, or all of the project."""
    limit = call.query.limit(default=50, maximum=100)
    scope = call.query.choice("scope", ("workspace", "history", "project"), "workspace") or "workspace"
    workspace, page = workspaces.list_workspace_snapshots(
        call.tx, call.caller, call.path["workspace_id"], scope=scope, limit=limit, cursor=call.query.cursor()
    )
    head = workspace.current_snapshot_id
    rows = [{**wire.snapshot(found), "is_current": found.id == head} for found in page.items]
    return {"snapshots": rows, "current_snapshot_id": head, "next_cursor": page.next_cursor}


@post("/v1/workspaces/{workspace_id:str}/restore", body=SnapshotToRestore)
def restore(call: Call[SnapshotToRestore]) -> Any:
    """POST /v1/workspaces/:workspaceId/restore: go to a snapshot; unsaved work is saved first."""
    done = workspaces.restore_workspace(call.tx, call.caller, call.path["workspace_id"], call.body.snapshot_id)
    return {
        "success": True,
        "snapshot_id": done.snapshot.id,
        "previous_snapshot_id": done.previous_snapshot_id,
        "manifest_hash": done.snapshot.manifest_hash,
        "workspace_version": done.version,
    }
