"""Executing a prepared sync: every check in its order, then one transaction (Fastest 5.8)."""

from dataclasses import dataclass, replace

import msgspec

from asterism.base import ids
from asterism.features.accounts.identity import Caller
from asterism.features.versions import project_log, projects, snapshots, storage, workspaces
from asterism.features.versions.project_log import SyncExecuted
from asterism.features.versions.projects import Project
from asterism.features.versions.snapshots import NewSnapshot, Source
from asterism.features.versions.sync import store
from asterism.features.versions.sync.built_tree import BuiltTree, build_tree
from asterism.features.versions.sync.contents import Contents
from asterism.features.versions.sync.decisions import digest, read_choices
from asterism.features.versions.sync.errors import AlreadyExecuted, Moved, PreviewExpired, WorkspaceMismatch
from asterism.features.versions.sync.lock_files import write_anew
from asterism.features.versions.sync.lock_tools import LockTools
from asterism.features.versions.sync.models import (
    Executed,
    Execution,
    Preview,
    StoredPreview,
    Sync,
)
from asterism.features.versions.workspaces import Workspace
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx


def execute(
    db: Database,
    blobs: Blobs,
    caller: Caller,
    workspace_id: str,
    wanted: Execution,
    *,
    quota: int | None = None,
    tools: LockTools | None = None,
) -> Executed:
    """Do what a preview showed, with the decisions given. For a worker thread, outside a transaction.

    A repetition with the same decisions is answered as before. Raises UnknownWorkspace, PreviewExpired,
    WorkspaceMismatch, AlreadyExecuted, MissingDecisions, InvalidDecision, BlobsMissing, LockNotWritten, Moved or
    QuotaExceeded.
    """
    with db.read() as tx:
        workspace, project = workspaces.workspace_and_project(tx, caller, workspace_id)
        found = _require(tx, store.preview(tx, caller.user_id, wanted.preview_id), workspace_id, wanted)
        if found.executed is not None:
            return found.executed
        moved = _compared(tx, workspace, project, found.preview).error
    contents = Contents(db, blobs, project.owner_user_id, quota)
    plan, ours = found.preview.plan, found.preview.workspace_manifest_hash
    decisions = write_anew(contents, tools, plan, ours, wanted.decisions, really=moved is None)
    chosen = read_choices(contents, plan, decisions)
    needed = {entry.hash for entry in chosen.changes.values() if entry is not None and entry.hash}
    missing = contents.missing(needed - chosen.contents.keys())
    if missing:
        raise storage.BlobsMissing(missing)
    if moved is not None:
        raise moved
    contents.store(chosen.contents.values())
    result = build_tree(contents, ours, chosen.changes)
    with db.write() as tx:
        storage.hold(tx, project.owner_user_id)
        return _commit(tx, caller, found, wanted, result)


def _require(tx: Tx, found: StoredPreview | None, workspace_id: str, wanted: Execution) -> StoredPreview:
    """Return the preview that is to be executed. Raises as `execute` does."""
    if found is None or (found.executed is None and found.preview.expires_at <= tx.now()):
        raise PreviewExpired
    if found.preview.workspace_id != workspace_id:
        raise WorkspaceMismatch
    if found.executed is not None and found.choices != digest(wanted):
        raise AlreadyExecuted
    return found


@dataclass(frozen=True, slots=True)
class _Compared:
    """Whether a target and its source are as they were prepared: the error where not, and if the source moved on."""

    error: Moved | None
    source_moved: bool = False


def _compared(tx: Tx, workspace: Workspace, project: Project, preview: Preview) -> _Compared:
    shown = workspaces.working_manifest(tx, project, workspace)
    if workspace.version != preview.workspace_version or shown != preview.workspace_manifest_hash:
        details = {
            "expected_version": preview.workspace_version,
            "actual_version": workspace.version,
            "expectedVersion": preview.workspace_version,
            "expected_manifest_hash": preview.workspace_manifest_hash,
            "actual_manifest_hash": shown,
        }
        return _Compared(Moved(details))
    source = workspaces.find_live(tx, project, preview.source_workspace_id)
    if source is None:
        return _Compared(Moved({"source_workspace_id": preview.source_workspace_id}))
    return _Compared(None, source.current_snapshot_id != preview.source_snapshot_id)


def _commit(tx: Tx, caller: Caller, found: StoredPreview, wanted: Execution, result: BuiltTree) -> Executed:
    """Move the target's head to the merge, with everything beside it, or find that another call has done it."""
    preview = found.preview
    found = _require(tx, store.again(tx, found), preview.workspace_id, wanted)
    if found.executed is not None:
        return found.executed
    workspace, project = workspaces.workspace_and_project(tx, caller, preview.workspace_id, lock=True)
    compared = _compared(tx, workspace, project, preview)
    if compared.error is not None:
        raise compared.error
    head = preview.workspace_snapshot_id
    merged = head is not None and snapshots.is_ancestor(tx, project.id, preview.source_snapshot_id, [head])
    tree = None if merged and not result.changed else result.manifest_hash
    if tree is None:
        answer = _nothing(tx, project, workspace, compared.source_moved)
    else:
        moved = _merge(tx, caller, project, workspace, preview, tree)
        answer = msgspec.structs.replace(
            moved,
            updated=result.updated,
            added=result.added,
            deleted=result.deleted,
            source_moved=compared.source_moved,
        )
    store.mark_executed(tx, preview.id, digest(wanted), answer)
    return answer


def _nothing(tx: Tx, project: Project, workspace: Workspace, source_moved: bool) -> Executed:
    head = workspace.current_snapshot_id
    return Executed(
        sync_id=ids.ulid(),
        snapshot_id=head,
        manifest_hash=workspaces.head_manifest(tx, project, workspace),
        updated=0,
        added=0,
        deleted=0,
        before_id=head,
        parents=(),
        version=workspace.version,
        source_moved=source_moved,
        made=False,
    )


def _merge(tx: Tx, caller: Caller, project: Project, workspace: Workspace, preview: Preview, tree: str) -> Executed:
    """Make `tree` the head as a merge; the counts, and whether the source moved, are the caller's to fill in."""
    if storage.find_manifest(tx, project.owner_user_id, tree) is None:
        raise storage.BlobsMissing([tree])
    before = _before(tx, project, workspace, preview)
    parents = tuple(dict.fromkeys(one for one in (before, preview.source_snapshot_id) if one is not None))
    source: Source = "system" if caller.scope.name == "agent" else "web"
    new = NewSnapshot(tree, parents=parents, source=source, summary=preview.summary)
    snapshot = snapshots.register(tx, project, new, caller=caller, workspace_id=workspace.id, fast_forward=True)
    standing = replace(workspace, current_snapshot_id=before)  # what was unsaved is saved by now
    workspaces.move_head(tx, project, standing, snapshot, cause="sync", actor=caller.client)
    sync = Sync(
        id=ids.ulid(),
        workspace_id=workspace.id,
        source_workspace_id=preview.source_workspace_id,
        source_snapshot_id=preview.source_snapshot_id,
        snapshot_id=snapshot.id,
        before_snapshot_id=before,
        executed_at=tx.now(),
        undone_at=None,
    )
    store.insert_sync(tx, sync)
    project_log.append(
        tx,
        project.id,
        SyncExecuted(sync.id, sync.source_workspace_id, snapshot.id, before, preview.summary),
        title=f"“{preview.source_name}” was merged into “{workspace.name}”.",
        subject=("sync", sync.id),
        actor=caller.client,
        workspace_id=workspace.id,
        tree=tree,
    )
    projects.touch_project(tx, project.id, last_snapshot_id=snapshot.id)
    return Executed(
        sync_id=sync.id,
        snapshot_id=snapshot.id,
        manifest_hash=snapshot.manifest_hash,
        updated=0,
        added=0,
        deleted=0,
        before_id=before,
        parents=parents,
        version=workspace.version + 1,
        source_moved=False,
        made=True,
    )


def _before(tx: Tx, project: Project, workspace: Workspace, preview: Preview) -> str | None:
    """Return the snapshot that the merge stands on: the head, or unsaved work registered as one."""
    unsaved = preview.workspace_manifest_hash
    head = workspaces.head_manifest(tx, project, workspace)
    if unsaved is None or unsaved == head:
        return workspace.current_snapshot_id
    if head is not None and storage.equal(tx, project.owner_user_id, head, unsaved):
        return workspace.current_snapshot_id
    return workspaces.register_aside(tx, project, workspace, unsaved, f"Before sync with {preview.source_name}").id
