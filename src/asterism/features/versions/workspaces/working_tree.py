"""What a workspace shows now, and whether that is its head."""

from collections.abc import Sequence
from dataclasses import replace

from asterism.features.versions import snapshots, storage
from asterism.features.versions.projects import Project
from asterism.features.versions.workspaces import store
from asterism.features.versions.workspaces.models import Workspace
from asterism.kernel.db import Tx


def head_manifest(tx: Tx, project: Project, workspace: Workspace) -> str | None:
    """Return the manifest of the head, None without a known head."""
    if workspace.current_snapshot_id is None:
        return None
    found = snapshots.find_many(tx, project.id, [workspace.current_snapshot_id])
    head = found.get(workspace.current_snapshot_id)
    return head.manifest_hash if head else None


def working_manifest(tx: Tx, project: Project, workspace: Workspace) -> str | None:
    """Return the manifest of the working tree: the reported one if it is stored, else the head's, else None."""
    reported = workspace.current_manifest_hash
    if reported is not None and storage.find_manifest(tx, project.owner_user_id, reported) is not None:
        return reported
    return head_manifest(tx, project, workspace)


def latest_tree(tx: Tx, project: Project) -> tuple[str, str | None] | None:
    """Return manifest and snapshot of the newest tree of a project: its last snapshot, else what main shows now."""
    last = snapshots.find_in_project(tx, project, project.last_snapshot_id) if project.last_snapshot_id else None
    if last is not None and storage.find_manifest(tx, project.owner_user_id, last.manifest_hash) is not None:
        return last.manifest_hash, last.id
    main = store.of_user(tx, project.owner_user_id, project.main_workspace_id) if project.main_workspace_id else None
    shown = working_manifest(tx, project, main) if main else None
    return (shown, None) if shown else None


def with_dirty(tx: Tx, project: Project, found: Sequence[Workspace]) -> list[Workspace]:
    """Return the workspaces, each knowing whether its working tree differs from its head's tree."""
    wanted = [w.current_snapshot_id for w in found if w.current_snapshot_id and w.current_manifest_hash]
    heads = snapshots.find_many(tx, project.id, wanted)
    return [replace(w, dirty=_dirty(tx, project, w, heads)) for w in found]


def still_dirty_since(tx: Tx, project: Project, workspace: Workspace) -> str | None:
    """Return since when a workspace is dirty that is about to stand like this, None for a clean one."""
    dirty = with_dirty(tx, project, [workspace])[0].dirty
    return (workspace.dirty_since or tx.now()) if dirty else None


def _dirty(tx: Tx, project: Project, workspace: Workspace, heads: dict[str, snapshots.Snapshot]) -> bool:
    reported = workspace.current_manifest_hash
    if reported is None:
        return False
    head = heads.get(workspace.current_snapshot_id or "")
    known = head.manifest_hash if head else None
    if reported == known or storage.find_manifest(tx, project.owner_user_id, reported) is None:
        return False
    return not storage.equal(tx, project.owner_user_id, known, reported)
