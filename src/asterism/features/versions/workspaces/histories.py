"""Registering a history: many snapshots at once, parents first, as an import brings them (ADR 0178)."""

from collections.abc import Sequence
from dataclasses import dataclass

from asterism.base.errors import Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.versions import projects, snapshots, storage
from asterism.features.versions.projects import Project
from asterism.features.versions.snapshots import NewSnapshot, Placed
from asterism.features.versions.workspaces import store
from asterism.features.versions.workspaces.models import Workspace
from asterism.features.versions.workspaces.moves import move_head
from asterism.features.versions.workspaces.pushes import reach_parents
from asterism.features.versions.workspaces.service import find_in_project
from asterism.kernel.db import Tx


@dataclass(frozen=True, slots=True)
class Step:
    """One snapshot of a history, which has an id, and the workspace whose head it was."""

    id: str
    new: NewSnapshot
    workspace_id: str | None


def push_history(tx: Tx, caller: Caller, project_id: str, steps: Sequence[Step]) -> set[str]:
    """Register the snapshots that are not yet, in their order; return the ids of those.

    They are as if each had been pushed by itself (`push_snapshot`), but a head moves once, to the last new one of its
    workspace. All are registered or none. Raises Invalid, UnknownProject, InsufficientScope, ManifestNotFound or
    SnapshotDiffers.
    """
    project = projects.get_project(tx, caller, project_id)
    _check(tx, caller, project, steps)
    storage.hold(tx, caller.user_id)
    manifests = {step.new.manifest_hash for step in steps}
    if len(storage.stored_manifests(tx, project.owner_user_id, sorted(manifests))) < len(manifests):
        raise storage.ManifestNotFound
    known = snapshots.find_many(tx, project.id, [step.id for step in steps])
    fresh: dict[str, Step] = {}
    for step in steps:
        if step.id in known:
            snapshots.require_same(known[step.id], step.new)
        else:
            reach_parents(tx, caller, project, step.new, fresh)
            fresh[step.id] = step
    if fresh:
        heads = _register(tx, caller, project, list(fresh.values()))
        _move(tx, caller, project, heads)
        projects.touch_project(tx, project.id, last_snapshot_id=next(reversed(fresh)))
    return set(fresh)


def _check(tx: Tx, caller: Caller, project: Project, steps: Sequence[Step]) -> None:
    """Check what can be said without looking at snapshots."""
    if len({step.id for step in steps}) < len(steps):
        raise Invalid.field("snapshots", "names a snapshot twice")
    for step in steps:
        snapshots.check_shape(step.new, tx.clock.now())
        snapshots.distinct_parents(step.new)
        caller.scope.reach(project.id, step.workspace_id or "")
    for workspace_id in {step.workspace_id for step in steps if step.workspace_id is not None}:
        if find_in_project(tx, caller, project, workspace_id) is None:
            raise Invalid.field("workspace_id", "is not a workspace of this project")


def _register(tx: Tx, caller: Caller, project: Project, steps: Sequence[Step]) -> dict[str, tuple[Workspace, str]]:
    """Add the snapshots; return the workspaces whose heads they become, as they stand, with their last ones."""
    found: dict[str, tuple[Workspace, str]] = {}
    heads: dict[str, str | None] = {}
    waiting: list[Placed] = []
    for step in steps:
        forward: bool | None = None
        if step.workspace_id is not None:
            if step.workspace_id not in heads:
                workspace = store.of_user(tx, caller.user_id, step.workspace_id, lock=True)
                if workspace is None:
                    raise Invalid.field("workspace_id", "is not a workspace of this project")
                found[step.workspace_id] = workspace, ""
                heads[step.workspace_id] = workspace.current_snapshot_id
            head = heads[step.workspace_id]
            forward = head is None or head in step.new.parents
            if head is not None and not forward:
                snapshots.register_all(tx, project, waiting, caller=caller)
                waiting = []
                forward = snapshots.is_ancestor(tx, project.id, head, step.new.parents)
            heads[step.workspace_id] = step.id
            found[step.workspace_id] = found[step.workspace_id][0], step.id
        waiting.append(Placed(step.new, step.workspace_id, forward))
    snapshots.register_all(tx, project, waiting, caller=caller)
    return found


def _move(tx: Tx, caller: Caller, project: Project, heads: dict[str, tuple[Workspace, str]]) -> None:
    made = snapshots.find_many(tx, project.id, [head for _, head in heads.values()])
    for workspace, head in heads.values():
        move_head(tx, project, workspace, made[head], cause="push", actor=caller.client)
        store.update(tx, workspace.id, {"last_seen_at": tx.now()})
