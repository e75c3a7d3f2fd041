"""Undoing a sync: the target goes back to where it stood; the merge stays in history (Fastest 5.8)."""

from collections.abc import Iterable, Sequence

from asterism.features.accounts.identity import Caller
from asterism.features.versions import project_log, projects, snapshots, storage, workspaces
from asterism.features.versions.project_log import SyncUndone
from asterism.features.versions.sync import store
from asterism.features.versions.sync.errors import MergeIsNotHead, NothingToUndo
from asterism.features.versions.sync.models import Sync, Undone
from asterism.kernel.db import Tx


def undo(tx: Tx, caller: Caller, workspace_id: str, snapshot_id: str | None = None, *, force: bool = False) -> Undone:
    """Undo the newest sync of a workspace, or the newest that began at a snapshot.

    A sync whose merge was restored since can be undone again. Raises UnknownWorkspace, UnknownSnapshot,
    NothingToUndo, MergeIsNotHead or BlobsMissing.
    """
    workspace, project = workspaces.workspace_and_project(tx, caller, workspace_id, lock=True)
    if snapshot_id is not None and snapshots.find_in_project(tx, project, snapshot_id) is None:
        raise snapshots.UnknownSnapshot
    head = workspace.current_snapshot_id
    found = _choose(store.of_workspace(tx, workspace.id), head, snapshot_id)
    if found is None:
        raise NothingToUndo
    dirty = workspaces.get_workspace(tx, caller, workspace.id).dirty
    if (head != found.snapshot_id or dirty) and not force:
        raise MergeIsNotHead(head)
    target = None
    if found.before_snapshot_id is not None:
        target = snapshots.find_in_project(tx, project, found.before_snapshot_id)
        if target is None:
            raise snapshots.UnknownSnapshot
        storage.require_complete(tx, project.owner_user_id, target.manifest_hash)
    workspaces.move_head(tx, project, workspace, target, cause="sync undo", actor=caller.client)
    store.mark_undone(tx, found.id)
    restored = target.id if target else None
    project_log.append(
        tx,
        project.id,
        SyncUndone(found.id, restored),
        title=f"A sync of “{workspace.name}” was undone.",
        subject=("sync", found.id),
        actor=caller.client,
        workspace_id=workspace.id,
        tree=target.manifest_hash if target else None,
    )
    projects.touch_project(tx, project.id)
    return Undone(restored, head, target.manifest_hash if target else None, workspace.version + 1)


def _choose(syncs: Iterable[Sync], head: str | None, before: str | None) -> Sync | None:
    """Return the newest sync that stands, or that stands again because its merge is the head."""
    for sync in syncs:
        standing = sync.undone_at is None or sync.snapshot_id == head
        if standing and (before is None or sync.before_snapshot_id == before):
            return sync
    return None


def merge_histories(tx: Tx, workspace_ids: Sequence[str]) -> dict[str, list[Sync]]:
    """Return, by workspace, the newest standing sync of each of its sources; for people, never for a merge."""
    found: dict[str, list[Sync]] = {}
    for sync in store.standing(tx, workspace_ids):
        found.setdefault(sync.workspace_id, []).append(sync)
    return found
