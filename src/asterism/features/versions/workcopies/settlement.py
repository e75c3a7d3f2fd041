"""Bringing the result of a turn into its workspace (Fastest 8.6): nothing that anybody made is dropped."""

from dataclasses import dataclass

from asterism.features.accounts.identity import Caller
from asterism.features.versions import projects, snapshots, storage, sync, workspaces
from asterism.features.versions.projects import Project
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.workcopies.changes import sentence, snapshot_is_due
from asterism.features.versions.workcopies.errors import WorkspaceKeepsMoving
from asterism.features.versions.workcopies.models import About, Collected, Settled
from asterism.features.versions.workspaces import Workspace
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx
from asterism.vcs.merge import USE_WORKSPACE, all_from, choose, from_records, make_plan, merged_contents

ATTEMPTS = 20
MERGED = "Workspace changed during this turn; both results were merged."


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The tree to show, made for a workspace that shows `seen`; how many paths another writer's version was kept of."""

    seen: str | None
    tree: str | None
    merged: bool = False
    clashes: int = 0


def settle(
    db: Database, blobs: Blobs, caller: Caller, about: About, collected: Collected, *, quota: int | None
) -> Settled:
    """Make what a copy held the working tree, merged with what came meanwhile. For a worker thread.

    Raises UnknownWorkspace, WorkspaceKeepsMoving (others write faster than this can merge), BlobsMissing or
    QuotaExceeded.
    """
    contents = sync.Contents(db, blobs, about.user_id, quota)
    for _ in range(ATTEMPTS):
        with db.read() as tx:
            workspace, project = workspaces.workspace_and_project(tx, caller, about.workspace_id)
            seen = workspaces.working_manifest(tx, project, workspace)
        if not collected.changes:
            return Settled(seen, about.start, version=workspace.version)
        outcome = _outcome(contents, about.start, seen, collected)
        with db.write() as tx:
            settled = _commit(tx, caller, about, collected, outcome)
        if settled is not None:
            return settled
    raise WorkspaceKeepsMoving


def _outcome(contents: sync.Contents, start: str | None, seen: str | None, collected: Collected) -> _Outcome:
    """Merge where the workspace has moved: base is the start, ours the workspace, main the turn's result."""
    with contents.db.read() as tx:
        unmoved = start == seen or storage.equal(tx, contents.user_id, start, seen)
    if unmoved:
        return _Outcome(seen, collected.tree)
    sides = from_records(contents.root(start), contents.root(seen), contents.root(collected.tree), contents.load())
    plan = make_plan(sides, contents.read, source="this turn")
    changes = choose(plan, all_from(plan, USE_WORKSPACE))
    made = merged_contents(plan)
    contents.store(made[entry.hash] for entry in changes.values() if entry is not None and entry.hash in made)
    return _Outcome(seen, sync.build_tree(contents, seen, changes).manifest_hash, True, len(plan.decisions))


def _commit(tx: Tx, caller: Caller, about: About, collected: Collected, outcome: _Outcome) -> Settled | None:
    """Show the tree, if the workspace shows what it was made for; None when it has moved again."""
    storage.hold(tx, about.user_id)
    workspace, project = workspaces.workspace_and_project(tx, caller, about.workspace_id, lock=True)
    if workspaces.working_manifest(tx, project, workspace) != outcome.seen:
        return None
    last = snapshots.last_registered_at(tx, project, workspace.id, workspace.current_snapshot_id)
    warnings = list(collected.warnings)
    safety = None
    if outcome.clashes and collected.tree is not None:
        safety = _keep_aside(tx, project, workspace, collected.tree)
        warnings.append(
            f"Another writer changed {outcome.clashes} of the same files. Theirs were kept; this turn's version is "
            f"snapshot {safety}."
        )
    elif outcome.merged and outcome.tree != outcome.seen:
        warnings.append(MERGED)
    version = workspace.version
    shown_before = outcome.tree == outcome.seen and not outcome.clashes  # by this turn, if its server was killed then
    if outcome.tree is not None and outcome.tree != outcome.seen:
        workspace = workspaces.show_tree(tx, project, workspace, outcome.tree, cause="conversation", actor="system")
        projects.touch_project(tx, project.id)
        version = workspace.version
    snapshot_id = _snapshot(tx, caller, project, workspace, collected, last)
    return Settled(
        tree=outcome.tree,
        previous_tree=about.start if shown_before else outcome.seen,
        warnings=tuple(warnings),
        snapshot_id=snapshot_id,
        safety_snapshot_id=safety,
        version=version + (snapshot_id is not None),
    )


def _keep_aside(tx: Tx, project: Project, workspace: Workspace, tree: str) -> str:
    """Register the turn's whole tree as a snapshot that moves no pointer; return its id."""
    safety = workspaces.register_aside(tx, project, workspace, tree, "This turn's version of the files")
    workspaces.tell_out_of_date(tx, workspace, safety, actor="system")
    return safety.id


def _snapshot(
    tx: Tx, caller: Caller, project: Project, workspace: Workspace, collected: Collected, last: str | None
) -> str | None:
    """Make the automatic snapshot where one is due, the newest being from `last`; return its id."""
    tree = workspaces.working_manifest(tx, project, workspace)
    if tree is None or tree == workspaces.head_manifest(tx, project, workspace):
        return None
    if not snapshot_is_due(collected.changes, collected.changed_bytes, last_snapshot_at=last, now=tx.now()):
        return None
    head = workspace.current_snapshot_id
    new = NewSnapshot(tree, parents=(head,) if head else (), source="system", summary=sentence(collected.changes))
    return workspaces.push_snapshot(tx, caller, project.id, new, workspace.id).snapshot.id
