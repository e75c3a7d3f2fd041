"""Moving a workspace's head, with everything that has to happen beside it (Fastest 4.2)."""

from dataclasses import replace

from asterism.features.versions import project_log, snapshots, storage
from asterism.features.versions.project_log import WorkspaceOutOfDate
from asterism.features.versions.projects import Project
from asterism.features.versions.snapshots import NewSnapshot, Snapshot
from asterism.features.versions.workspaces import store
from asterism.features.versions.workspaces.followers import after_move
from asterism.features.versions.workspaces.models import Cause, Workspace
from asterism.features.versions.workspaces.working_tree import still_dirty_since, with_dirty
from asterism.kernel.db import Tx


def move_head(
    tx: Tx, project: Project, workspace: Workspace, snapshot: Snapshot | None, *, cause: Cause, actor: str
) -> Snapshot | None:
    """Make `snapshot` the head and its tree the working tree; return the safety snapshot, if one was needed.

    None takes the workspace back to having no head and no tree.

    Unsaved work that the move would replace is registered first. The workspace's row is held by the caller.
    """
    head, tree = (snapshot.id, snapshot.manifest_hash) if snapshot else (None, None)
    safety = save_unsaved(tx, project, workspace, tree, cause=cause, actor=actor)
    store.log_move(tx, workspace, head, tree, cause, actor)
    values = {"current_snapshot_id": head, "current_manifest_hash": tree, "dirty_since": None}
    store.update(tx, workspace.id, values, moved=True)
    after_move(tx, replace(workspace, current_snapshot_id=head, current_manifest_hash=tree), cause=cause, actor=actor)
    return safety


def show_tree(
    tx: Tx, project: Project, workspace: Workspace, manifest_hash: str, *, cause: Cause, actor: str
) -> Workspace:
    """Make a stored tree the working tree and leave the head where it is; return the workspace as it is now.

    What it replaces is only logged: the caller has made the new tree from it. The workspace's row is held by them.
    """
    store.log_move(tx, workspace, workspace.current_snapshot_id, manifest_hash, cause, actor)
    shown = replace(workspace, current_manifest_hash=manifest_hash, version=workspace.version + 1)
    since = still_dirty_since(tx, project, shown)
    store.update(tx, workspace.id, {"current_manifest_hash": manifest_hash, "dirty_since": since}, moved=True)
    shown = replace(shown, dirty_since=since)
    after_move(tx, shown, cause=cause, actor=actor)
    return shown


def save_unsaved(
    tx: Tx, project: Project, workspace: Workspace, incoming: str | None, *, cause: str, actor: str
) -> Snapshot | None:
    """Register a dirty working tree as a safety snapshot when `incoming` is another tree; no pointer moves."""
    unsaved = with_dirty(tx, project, [workspace])[0]
    if not unsaved.dirty or unsaved.current_manifest_hash is None:
        return None
    if storage.equal(tx, project.owner_user_id, unsaved.current_manifest_hash, incoming):
        return None
    safety = register_aside(tx, project, unsaved, unsaved.current_manifest_hash, f"Autosave before {cause}")
    tell_out_of_date(tx, workspace, safety, actor=actor)
    return safety


def tell_out_of_date(tx: Tx, workspace: Workspace, safety: Snapshot, *, actor: str) -> None:
    """Tell that two writers met on a working tree, and which snapshot holds what one of them had."""
    project_log.append(
        tx,
        workspace.project_id,
        WorkspaceOutOfDate(safety.id, safety.summary),
        title=f"Two writers met in “{workspace.name}”; what was unsaved is kept as a snapshot.",
        subject=("workspace", workspace.id),
        actor=actor,
        workspace_id=workspace.id,
        tree=safety.manifest_hash,
    )


def register_aside(tx: Tx, project: Project, workspace: Workspace, manifest_hash: str, summary: str) -> Snapshot:
    """Register a tree of a workspace, child of its head, without moving any pointer."""
    parents = (workspace.current_snapshot_id,) if workspace.current_snapshot_id else ()
    new = NewSnapshot(manifest_hash, parents=parents, source="system", summary=summary)
    return snapshots.register(tx, project, new, caller=None, workspace_id=workspace.id, fast_forward=None)
