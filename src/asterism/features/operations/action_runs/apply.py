"""Applying a run: its tree is merged with what the workspace shows by now, without a model (Fastest 9.4)."""

from dataclasses import replace

from asterism.features.accounts.identity import Caller
from asterism.features.operations import action_items
from asterism.features.operations.action_runs import store
from asterism.features.operations.action_runs.errors import KeepsMoving, NotReady, PatchConflict
from asterism.features.operations.action_runs.models import ActionRun, Applied, Status
from asterism.features.operations.action_runs.service import get_run
from asterism.features.versions import projects, snapshots, storage, sync, workspaces
from asterism.features.versions.projects import Project
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.workspaces import Workspace
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx
from asterism.vcs.merge import choose, from_records, make_plan, merged_contents

ATTEMPTS = 20
CAUSE: workspaces.Cause = "action item"


def apply_run(db: Database, blobs: Blobs, caller: Caller, run_id: str, *, quota: int | None) -> Applied:
    """Bring what a run has made into its workspace. For a worker thread; an applied run is answered as before.

    Raises UnknownRun, UnknownWorkspace, NotReady, PatchConflict, KeepsMoving, BlobsMissing or QuotaExceeded.
    """
    for _ in range(ATTEMPTS):
        with db.read() as tx:
            run = get_run(tx, caller, run_id)
            if run.status is Status.APPLIED:
                return _again(run)
            workspace, project = workspaces.workspace_and_project(tx, caller, run.workspace_id)
            seen = workspaces.working_manifest(tx, project, workspace)
        if run.status is not Status.READY or run.result_manifest_hash is None:
            raise NotReady(run.status)
        tree = _merged(sync.Contents(db, blobs, project.owner_user_id, quota), run, seen, run.result_manifest_hash)
        with db.write() as tx:
            done = _commit(tx, caller, run_id, seen, tree)
        if done is not None:
            return done
    raise KeepsMoving


def _again(run: ActionRun) -> Applied:
    return Applied(run, run.applied_manifest_hash or "", run.applied_snapshot_id)


def _merged(contents: sync.Contents, run: ActionRun, seen: str | None, result: str) -> str:
    """Return the tree that the workspace shall show: base is what the run began on, ours what is shown now."""
    with contents.db.read() as tx:
        if storage.equal(tx, contents.user_id, run.base_manifest_hash, seen):
            return result
    base, ours, main = (contents.root(tree) for tree in (run.base_manifest_hash, seen, result))
    plan = make_plan(from_records(base, ours, main, contents.load()), contents.read, source="the run")
    if plan.missing_blobs:
        raise storage.BlobsMissing(sorted(plan.missing_blobs))
    if plan.decisions:
        raise PatchConflict([decision.path for decision in plan.decisions])
    changes = choose(plan, {})
    made = merged_contents(plan)
    contents.store(made[entry.hash] for entry in changes.values() if entry is not None and entry.hash in made)
    return sync.build_tree(contents, seen, changes).manifest_hash or result


def _commit(tx: Tx, caller: Caller, run_id: str, seen: str | None, tree: str) -> Applied | None:
    """Show the tree, if the workspace shows what it was made for; None when it has moved again."""
    run = get_run(tx, caller, run_id)
    storage.hold(tx, run.owner_user_id)
    workspace, project = workspaces.workspace_and_project(tx, caller, run.workspace_id, lock=True)
    locked = store.find(tx, run_id, lock=True)
    if locked is None or locked.status is not Status.READY:
        run = get_run(tx, caller, run_id)
        if run.status is Status.APPLIED:
            return _again(run)
        raise NotReady(run.status)
    if workspaces.working_manifest(tx, project, workspace) != seen:
        return None
    snapshot_id = None
    if not storage.equal(tx, project.owner_user_id, seen, tree):
        snapshot_id = _show(tx, caller, project, workspace, locked, tree)
    values = {
        "status": Status.APPLIED,
        "applied_manifest_hash": tree,
        "applied_snapshot_id": snapshot_id,
        "completed_at": tx.now(),
    }
    store.update(tx, run_id, values)
    action_items.resolve_item(tx, caller, run.item_id)
    return Applied(get_run(tx, caller, run_id), tree, snapshot_id)


def _show(tx: Tx, caller: Caller, project: Project, workspace: Workspace, run: ActionRun, tree: str) -> str:
    """Make the tree the head, on top of unsaved work, which becomes a snapshot first; return the new head."""
    safety = workspaces.save_unsaved(tx, project, workspace, tree, cause=CAUSE, actor=caller.client)
    before = safety.id if safety is not None else workspace.current_snapshot_id
    new = NewSnapshot(tree, parents=(before,) if before else (), source="web", summary=run.summary or None)
    snapshot = snapshots.register(tx, project, new, caller=caller, workspace_id=workspace.id, fast_forward=True)
    standing = replace(workspace, current_snapshot_id=before)
    workspaces.move_head(tx, project, standing, snapshot, cause=CAUSE, actor=caller.client)
    projects.touch_project(tx, project.id, last_snapshot_id=snapshot.id)
    return snapshot.id
