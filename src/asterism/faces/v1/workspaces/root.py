"""`/v1/workspaces/:workspaceId` and what moves its pointers."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.asgi.answers import Conflicting, Ok
from asterism.faces.v1.call import Call, delete, get, patch, post
from asterism.faces.v1.wire import Done, Snapshot, Workspace, WorkspaceAnswer, latest_drift, workspaces_of
from asterism.faces.v1.wire_drift import DriftReport
from asterism.features.versions import storage, workspaces


class WorkspaceChange(msgspec.Struct):
    """What to change of a workspace; null clears `local_path`."""

    name: str | None = None
    identifier: str | None = None
    local_path: str | UnsetType | None = UNSET


class CurrentManifest(msgspec.Struct):
    """The working tree that a client sees, and the one it saw before."""

    manifest_hash: str
    previous_manifest_hash: str | None = None


class SnapshotToRestore(msgspec.Struct):
    """The snapshot to go to."""

    snapshot_id: str


class HistoryPage(msgspec.Struct):
    """Which snapshots to list: those made here, the history of the head, or all of the project."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    cursor: str | None = None
    scope: Literal["workspace", "history", "project"] = "workspace"


class WorkspaceState(msgspec.Struct):
    """A workspace with its latest drift report, which is null as long as there is none."""

    workspace: Workspace
    drift: DriftReport | None


class Heartbeat(msgspec.Struct):
    """When the workspace was last seen."""

    success: bool
    last_seen_at: str | None


class MainWorkspace(msgspec.Struct):
    """The project's main workspace now."""

    success: bool
    main_workspace_id: str


class ManifestSet(msgspec.Struct):
    """The working tree is set; `stored` says whether that manifest is."""

    updated: bool
    current_manifest_hash: str | None
    stored: bool


class ManifestMoved(msgspec.Struct):
    """Somebody set the working tree meanwhile: this is what it is now."""

    updated: bool
    conflict: bool
    current_manifest_hash: str | None


class ListedSnapshot(Snapshot):
    """A snapshot; `is_current` says that the workspace's head is there."""

    is_current: bool = False


class WorkspaceSnapshots(msgspec.Struct):
    """A page of snapshots, and the head."""

    snapshots: list[ListedSnapshot]
    current_snapshot_id: str | None
    next_cursor: str | None


class Restored(msgspec.Struct):
    """Where the workspace is now, and where it was."""

    success: bool
    snapshot_id: str
    previous_snapshot_id: str | None
    manifest_hash: str
    workspace_version: int


@get("/v1/workspaces/{workspace_id:str}")
def read(call: Call, workspace_id: str) -> WorkspaceState:
    """GET /v1/workspaces/:workspaceId: a workspace with its latest drift report."""
    [found] = workspaces_of(call.tx, [workspaces.get_workspace(call.tx, call.caller, workspace_id)])
    return WorkspaceState(found, latest_drift(call.tx, [found.id]).get(found.id))


@patch("/v1/workspaces/{workspace_id:str}")
def change(call: Call, workspace_id: str, body: WorkspaceChange) -> WorkspaceAnswer:
    """PATCH /v1/workspaces/:workspaceId: change its name, identifier or local path."""
    changes: dict[str, str | None] = {"name": body.name, "identifier": body.identifier}
    if not isinstance(body.local_path, UnsetType):
        changes["local_path"] = body.local_path
    changed = workspaces.update_workspace(call.tx, call.caller, workspace_id, changes)
    return WorkspaceAnswer(workspaces_of(call.tx, [changed])[0])


@delete("/v1/workspaces/{workspace_id:str}", errors=(workspaces.MainStays,))
def remove(call: Call, workspace_id: str) -> Done:
    """DELETE /v1/workspaces/:workspaceId: hide it; its snapshots stay."""
    workspaces.delete_workspace(call.tx, call.caller, workspace_id)
    return Done()


@post("/v1/workspaces/{workspace_id:str}/heartbeat")
def heartbeat(call: Call, workspace_id: str) -> Heartbeat:
    """POST /v1/workspaces/:workspaceId/heartbeat: say that somebody works there."""
    return Heartbeat(success=True, last_seen_at=workspaces.heartbeat(call.tx, call.caller, workspace_id))


@post("/v1/workspaces/{workspace_id:str}/set-as-main")
def set_as_main(call: Call, workspace_id: str) -> MainWorkspace:
    """POST /v1/workspaces/:workspaceId/set-as-main: make it the project's main workspace."""
    workspaces.set_as_main(call.tx, call.caller, workspace_id)
    return MainWorkspace(success=True, main_workspace_id=workspace_id)


@post("/v1/workspaces/{workspace_id:str}/current-manifest")
def current_manifest(
    call: Call, workspace_id: str, body: CurrentManifest
) -> Ok[ManifestSet] | Conflicting[ManifestMoved]:
    """POST /v1/workspaces/:workspaceId/current-manifest: compare and set the working tree."""
    move = workspaces.set_current_manifest(
        call.tx, call.caller, workspace_id, body.manifest_hash, body.previous_manifest_hash
    )
    if not move.moved:
        return Conflicting(ManifestMoved(False, True, move.current_manifest_hash))
    return Ok(ManifestSet(True, move.current_manifest_hash, move.stored))


@get("/v1/workspaces/{workspace_id:str}/snapshots")
def snapshots(call: Call, workspace_id: str, query: HistoryPage) -> WorkspaceSnapshots:
    """GET /v1/workspaces/:workspaceId/snapshots: its snapshots, its history, or all of the project."""
    workspace, page = workspaces.list_workspace_snapshots(
        call.tx, call.caller, workspace_id, scope=query.scope, limit=query.limit, cursor=query.cursor or None
    )
    head = workspace.current_snapshot_id
    rows = [ListedSnapshot.of(found) for found in page.items]
    for row in rows:
        row.is_current = row.id == head
    return WorkspaceSnapshots(rows, head, page.next_cursor)


@post("/v1/workspaces/{workspace_id:str}/restore", errors=(storage.BlobsMissing,))
def restore(call: Call, workspace_id: str, body: SnapshotToRestore) -> Restored:
    """POST /v1/workspaces/:workspaceId/restore: go to a snapshot; unsaved work is saved first."""
    done = workspaces.restore_workspace(call.tx, call.caller, workspace_id, body.snapshot_id)
    return Restored(
        success=True,
        snapshot_id=done.snapshot.id,
        previous_snapshot_id=done.previous_snapshot_id,
        manifest_hash=done.snapshot.manifest_hash,
        workspace_version=done.version,
    )
