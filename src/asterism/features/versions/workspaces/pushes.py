"""Use cases that move heads: registering a snapshot, going back to one."""

from collections.abc import Collection

from asterism.base.errors import Invalid
from asterism.base.pagination import Page
from asterism.features.accounts.identity import Caller, InsufficientScope
from asterism.features.versions import project_log, projects, snapshots, storage
from asterism.features.versions.project_log import GitExported, WorkspaceRestored
from asterism.features.versions.projects import Project
from asterism.features.versions.snapshots import NewSnapshot, Snapshot, UnknownSnapshot
from asterism.features.versions.workspaces import store
from asterism.features.versions.workspaces.errors import HeadMoved
from asterism.features.versions.workspaces.models import Pushed, Restored, Workspace
from asterism.features.versions.workspaces.moves import move_head
from asterism.features.versions.workspaces.service import find_in_project, workspace_and_project
from asterism.features.versions.workspaces.working_tree import with_dirty
from asterism.kernel.db import Tx


def push_snapshot(
    tx: Tx,
    caller: Caller,
    project_id: str,
    new: NewSnapshot,
    workspace_id: str | None,
    *,
    expected_head: str | None = None,
) -> Pushed:
    """Register a snapshot, idempotently, and make it the head of its workspace (Fastest 6.2, 4.2).

    `expected_head` (ADR 0024) is the head that must be there still, `""` for none yet; without it the newest state
    wins. A repetition is answered as before, whatever the head is by now.

    Raises Invalid, UnknownProject, InsufficientScope, ManifestNotFound, SnapshotDiffers or HeadMoved.
    """
    if expected_head is not None and workspace_id is None:
        raise Invalid.field("expected_head", "needs a workspace_id")
    snapshots.check_shape(new, tx.clock.now())
    project = projects.get_project(tx, caller, project_id)
    caller.scope.reach(project.id, workspace_id or "")
    if workspace_id is not None and find_in_project(tx, caller, project, workspace_id) is None:
        raise Invalid.field("workspace_id", "is not a workspace of this project")
    reach_parents(tx, caller, project, new)
    storage.hold(tx, caller.user_id)
    known = snapshots.find_registered(tx, project, new)
    if known is not None:
        return Pushed(known, created=False)
    workspace = store.of_user(tx, caller.user_id, workspace_id, lock=True) if workspace_id else None
    if workspace is not None and expected_head is not None and expected_head != (workspace.current_snapshot_id or ""):
        raise HeadMoved(expected_head, workspace.current_snapshot_id)
    snapshot = snapshots.register(
        tx,
        project,
        new,
        caller=caller,
        workspace_id=workspace_id,
        fast_forward=_is_fast_forward(tx, project, workspace, new) if workspace else None,
    )
    if workspace is not None:
        move_head(tx, project, workspace, snapshot, cause="push", actor=caller.client)
        store.update(tx, workspace.id, {"last_seen_at": tx.now()})
    projects.touch_project(tx, project.id, last_snapshot_id=snapshot.id)
    return Pushed(snapshot, created=True)


def reach_parents(
    tx: Tx, caller: Caller, project: Project, new: NewSnapshot, own: Collection[str] = frozenset()
) -> None:
    """Raise InsufficientScope for a parent that the caller may not see: the history of the head would show it.

    `own` are parents that are about to be registered for the workspace that the caller is bound to.
    """
    only = caller.scope.only_workspace
    if only is None or not new.parents:
        return
    workspace = store.of_user(tx, caller.user_id, only)
    known = (workspace.current_snapshot_id, workspace.base_snapshot_id) if workspace is not None else ()
    seen = [one for one in known if one is not None]
    for parent in (one for one in new.parents if one not in own):
        found = snapshots.find_in_project(tx, project, parent)
        is_own = found is not None and found.workspace_id == only
        if not is_own and not (seen and snapshots.is_ancestor(tx, project.id, parent, seen)):
            raise InsufficientScope


def _is_fast_forward(tx: Tx, project: Project, workspace: Workspace, new: NewSnapshot) -> bool:
    """Say whether the old head is an ancestor of the new snapshot, or there was none."""
    head = workspace.current_snapshot_id
    return head is None or snapshots.is_ancestor(tx, project.id, head, new.parents)


def restore_workspace(tx: Tx, caller: Caller, workspace_id: str, snapshot_id: str) -> Restored:
    """Go back (or over) to a snapshot; unsaved work is saved first (Fastest 6.5).

    Raises UnknownWorkspace, UnknownSnapshot or BlobsMissing.
    """
    workspace, project = workspace_and_project(tx, caller, workspace_id, lock=True)
    snapshot = snapshots.find_in_project(tx, project, snapshot_id)
    if snapshot is None:
        raise UnknownSnapshot
    storage.require_complete(tx, caller.user_id, snapshot.manifest_hash)
    previous = workspace.current_snapshot_id
    if previous == snapshot.id and not with_dirty(tx, project, [workspace])[0].dirty:
        return Restored(snapshot, previous, workspace.version)
    move_head(tx, project, workspace, snapshot, cause="restore", actor=caller.client)
    project_log.append(
        tx,
        project.id,
        WorkspaceRestored(snapshot.id),
        title=f"Workspace “{workspace.name}” went to snapshot {snapshot.id[:12]}.",
        subject=("workspace", workspace.id),
        actor=caller.client,
        workspace_id=workspace.id,
        tree=snapshot.manifest_hash,
    )
    projects.touch_project(tx, project.id)
    return Restored(snapshot, previous, workspace.version + 1)


def note_git_export(
    tx: Tx, caller: Caller, project: Project, workspace: Workspace, snapshot: Snapshot
) -> project_log.ActivityEvent:
    """Tell that a client wrote the history of a workspace to a git repository."""
    told = project_log.append(
        tx,
        project.id,
        GitExported(snapshot.id),
        title=f"The history of “{workspace.name}” was exported to git.",
        subject=("snapshot", snapshot.id),
        actor=caller.client,
        workspace_id=workspace.id,
        tree=snapshot.manifest_hash,
    )
    if told is None:
        raise TypeError("an export is an activity event")
    return told


def list_workspace_snapshots(
    tx: Tx, caller: Caller, workspace_id: str, *, scope: str, limit: int, cursor: str | None
) -> tuple[Workspace, Page[Snapshot]]:
    """Return snapshots seen from a workspace: its own, its head's history, or all of the project (Fastest 6.4)."""
    workspace, project = workspace_and_project(tx, caller, workspace_id)
    head = workspace.current_snapshot_id
    if scope == "history":
        if head is None:
            return workspace, Page([])
        return workspace, snapshots.list_snapshots(tx, caller, project, limit=limit, cursor=cursor, ancestors_of=head)
    if scope == "project":
        caller.scope.reach_all()
    own = (workspace.id, head) if scope == "workspace" else None
    return workspace, snapshots.list_snapshots(tx, caller, project, limit=limit, cursor=cursor, workspace=own)
