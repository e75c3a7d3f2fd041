"""Use cases of workspaces."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from asterism.base import ids
from asterism.base.clock import shift
from asterism.base.errors import Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.versions import project_log, projects, snapshots, storage
from asterism.features.versions.project_log import (
    Told,
    WorkspaceChanged,
    WorkspaceCreated,
    WorkspaceDeleted,
    WorkspaceMainChanged,
)
from asterism.features.versions.projects import GRACE_DAYS, LimitReached, Project, clean_name
from asterism.features.versions.workspaces import store
from asterism.features.versions.workspaces.errors import MainStays, NoTree, UnknownWorkspace
from asterism.features.versions.workspaces.followers import after_move, tell_moved
from asterism.features.versions.workspaces.models import (
    HEARTBEAT_SECONDS,
    MAX_WORKSPACES,
    ManifestMove,
    NewWorkspace,
    Workspace,
)
from asterism.features.versions.workspaces.names import MAX_IDENTIFIER, check_length, derive
from asterism.features.versions.workspaces.working_tree import still_dirty_since, with_dirty, working_manifest
from asterism.kernel.db import Tx
from asterism.vcs.content import is_hash


def create_workspace(tx: Tx, caller: Caller, project_id: str, new: NewWorkspace) -> Workspace:
    """Make a workspace, and main of it where the project has none that a person chose (Fastest 3.2).

    Raises UnknownProject, Invalid or LimitReached.
    """
    name, kind, identifier, local_path = derive(new)
    tx.take_turns("workspaces", project_id)
    project = projects.get_project(tx, caller, project_id)
    base = new.base_snapshot_id
    if base is not None and not snapshots.find_many(tx, project.id, [base]):
        raise Invalid.field("base_snapshot_id", "is not a snapshot of this project")
    if store.count(tx, project.id) >= MAX_WORKSPACES:
        raise LimitReached("workspaces in this project", MAX_WORKSPACES)
    workspace_id = ids.ulid()
    values = {
        "id": workspace_id,
        "project_id": project.id,
        "name": name,
        "type": kind,
        "identifier": identifier,
        "machine_id": new.machine_id,
        "base_snapshot_id": base,
        "current_snapshot_id": base,
        "local_path": local_path,
        "created_at": tx.now(),
        "version": 1,
    }
    store.insert(tx, values)
    _tell(tx, caller, project, workspace_id, WorkspaceCreated(name, base), f"Workspace “{name}” was made.")
    main = (workspace_id, False) if _becomes_main(tx, caller, project, name) else None
    projects.touch_project(tx, project.id, main=main)
    if main is not None:
        _tell(tx, caller, project, workspace_id, WorkspaceMainChanged(), f"Workspace “{name}” is main now.")
    tell_moved(tx, project.id)
    return get_workspace(tx, caller, workspace_id)


def _becomes_main(tx: Tx, caller: Caller, project: Project, name: str) -> bool:
    """Say whether a new workspace takes over: there is no main, or one that nobody chose and is not called so."""
    main = store.of_user(tx, caller.user_id, project.main_workspace_id) if project.main_workspace_id else None
    return main is None or (not project.main_chosen and main.name != "main" and name == "main")


def _tell(tx: Tx, caller: Caller, project: Project, workspace_id: str, told: Told, title: str) -> None:
    project_log.append(
        tx,
        project.id,
        told,
        title=title,
        subject=("workspace", workspace_id),
        actor=caller.client,
        workspace_id=workspace_id,
    )


def get_workspace(tx: Tx, caller: Caller, workspace_id: str) -> Workspace:
    """Return a workspace of the caller. Raises UnknownWorkspace, for another user's as well."""
    workspace, project = workspace_and_project(tx, caller, workspace_id)
    return with_dirty(tx, project, [workspace])[0]


def workspace_and_project(
    tx: Tx, caller: Caller, workspace_id: str, *, lock: bool = False
) -> tuple[Workspace, Project]:
    """Return a workspace (not knowing whether it is dirty) and its project; `lock` holds its pointers.

    Raises UnknownWorkspace or InsufficientScope.
    """
    workspace = store.of_user(tx, caller.user_id, workspace_id, lock=lock)
    if workspace is None:
        raise UnknownWorkspace
    caller.scope.reach(workspace.project_id, workspace.id)
    return workspace, projects.get_project(tx, caller, workspace.project_id)


def _in_turn(tx: Tx, caller: Caller, workspace_id: str) -> tuple[Workspace, Project]:
    """Return a workspace and its project, to change which workspaces the project has or which is main."""
    workspace, _ = workspace_and_project(tx, caller, workspace_id)
    tx.take_turns("workspaces", workspace.project_id)
    return workspace_and_project(tx, caller, workspace_id)


def find_in_project(tx: Tx, caller: Caller, project: Project, workspace_id: str) -> Workspace | None:
    """Return a workspace of this very project, None for any other. Raises InsufficientScope."""
    workspace = store.of_user(tx, caller.user_id, workspace_id)
    if workspace is None or workspace.project_id != project.id:
        return None
    caller.scope.reach(project.id, workspace.id)
    return workspace


def main_of(tx: Tx, project: Project) -> Workspace | None:
    """Return the project's main workspace, whatever the caller's scope: it is what the others are measured by."""
    main = project.main_workspace_id
    return store.of_user(tx, project.owner_user_id, main) if main else None


def find_live(tx: Tx, project: Project, workspace_id: str, *, lock: bool = False) -> Workspace | None:
    """Return a workspace of a project whatever the caller's scope, None when it is gone; `lock` holds its pointers."""
    found = store.of_user(tx, project.owner_user_id, workspace_id, lock=lock)
    return found if found is not None and found.project_id == project.id else None


def all_live(tx: Tx, project: Project) -> Sequence[Workspace]:
    """Return the workspaces of a project whatever the caller's scope, newest first."""
    return store.of_project(tx, project.id)


def bases(tx: Tx, project: Project) -> dict[str, str]:
    """Return the snapshot that each workspace of a project was made from, deleted ones included, where it has one."""
    return store.bases(tx, project.id)


def list_workspaces(tx: Tx, caller: Caller, project: Project) -> Sequence[Workspace]:
    """Return the workspaces of a project that the caller's scope reaches, newest first."""
    only = caller.scope.only_workspace
    found = [one for one in store.of_project(tx, project.id) if only is None or one.id == only]
    return with_dirty(tx, project, found)


def update_workspace(tx: Tx, caller: Caller, workspace_id: str, changes: dict[str, str | None]) -> Workspace:
    """Change `name`, `identifier` or `local_path` (None clears it). Raises UnknownWorkspace or Invalid."""
    values: dict[str, Any] = {}
    if changes.get("name") is not None:
        values["name"] = clean_name(changes["name"] or "")
    if changes.get("identifier") is not None:
        values["identifier"] = (changes["identifier"] or "").strip()
        if not values["identifier"]:
            raise Invalid.field("identifier", "must not be blank")
        check_length("identifier", values["identifier"], MAX_IDENTIFIER)
    if "local_path" in changes:
        check_length("local_path", changes["local_path"], MAX_IDENTIFIER)
        values["local_path"] = changes["local_path"]
    workspace, project = workspace_and_project(tx, caller, workspace_id)
    other = tuple(name for name, value in values.items() if value != getattr(workspace, name))
    if values:
        store.update(tx, workspace_id, values)
    if other:
        title = f"Workspace “{values.get('name', workspace.name)}” has another {' and '.join(other).replace('_', ' ')}."
        _tell(tx, caller, project, workspace_id, WorkspaceChanged(other), title)
    return get_workspace(tx, caller, workspace_id)


def delete_workspace(tx: Tx, caller: Caller, workspace_id: str) -> None:
    """Hide a workspace; its snapshots stay. Raises UnknownWorkspace, or MainStays for main beside others."""
    workspace, project = _in_turn(tx, caller, workspace_id)
    if workspace.is_main and store.count(tx, project.id) > 1:
        raise MainStays
    store.update(tx, workspace_id, {"deleted_at": tx.now()})
    projects.touch_project(tx, project.id, main=(None, False) if workspace.is_main else None)
    _tell(tx, caller, project, workspace_id, WorkspaceDeleted(), f"Workspace “{workspace.name}” was deleted.")
    tx.tell(projects.PRESENCE, project.id)
    tell_moved(tx, project.id)


def heartbeat(tx: Tx, caller: Caller, workspace_id: str) -> str:
    """Note that somebody works in the workspace; return when it was last noted. Raises UnknownWorkspace."""
    workspace, _ = workspace_and_project(tx, caller, workspace_id)
    now = tx.now()
    if workspace.last_seen_at is not None and shift(now, seconds=-HEARTBEAT_SECONDS) < workspace.last_seen_at <= now:
        return workspace.last_seen_at
    store.update(tx, workspace_id, {"last_seen_at": now})
    return now


def note_seen(tx: Tx, workspace_id: str) -> None:
    """Note that a client of the workspace was heard."""
    store.update(tx, workspace_id, {"last_seen_at": tx.now()})


def set_as_main(tx: Tx, caller: Caller, workspace_id: str) -> None:
    """Make a workspace main; from then on a person has chosen. Raises UnknownWorkspace."""
    workspace, project = _in_turn(tx, caller, workspace_id)
    changed = project.main_workspace_id != workspace_id
    if changed or not project.main_chosen:
        projects.touch_project(tx, project.id, main=(workspace_id, True))
    if changed:
        _tell(tx, caller, project, workspace_id, WorkspaceMainChanged(), f"Workspace “{workspace.name}” is main now.")
        tell_moved(tx, project.id)


def set_current_manifest(
    tx: Tx, caller: Caller, workspace_id: str, manifest_hash: str, previous: str | None
) -> ManifestMove:
    """Compare and set the working tree (Fastest 4.4); an unknown manifest is accepted. Raises Invalid."""
    for field, value in (("manifest_hash", manifest_hash), ("previous_manifest_hash", previous)):
        if value is not None and not is_hash(value):
            raise Invalid.field(field, "must be 64 lower-case hexadecimal characters")
    workspace, project = workspace_and_project(tx, caller, workspace_id, lock=True)
    current = workspace.current_manifest_hash
    if current is not None and previous != current and manifest_hash != current:
        return ManifestMove(False, current, False)
    values: dict[str, Any] = {"last_seen_at": tx.now()}
    changed = manifest_hash != current
    if changed:
        moved = replace(workspace, current_manifest_hash=manifest_hash)
        values |= {"current_manifest_hash": manifest_hash, "dirty_since": still_dirty_since(tx, project, moved)}
        after_move(tx, moved, cause="report", actor=caller.client)
    store.update(tx, workspace_id, values, moved=changed)
    stored = storage.find_manifest(tx, project.owner_user_id, manifest_hash) is not None
    return ManifestMove(True, manifest_hash, stored)


def current_tree(
    tx: Tx, caller: Caller, project_id: str, workspace_id: str | None
) -> tuple[str, str | None, str | None]:
    """Return manifest, workspace and snapshot of what a project shows now (Fastest 3.1, current-manifest).

    That is the working tree of the named workspace, else of main, else the last snapshot.
    Raises UnknownProject, UnknownWorkspace or NoTree.
    """
    project = projects.get_project(tx, caller, project_id)
    chosen = workspace_id or caller.scope.workspace_id or project.main_workspace_id
    workspace = find_in_project(tx, caller, project, chosen) if chosen else None
    if workspace_id is not None and workspace is None:
        raise UnknownWorkspace
    if workspace is not None:
        manifest_hash = working_manifest(tx, project, workspace)
        if manifest_hash is not None:
            return manifest_hash, workspace.id, workspace.current_snapshot_id
    last = project.last_snapshot_id if workspace_id is None and caller.scope.only_workspace is None else None
    found = snapshots.find_in_project(tx, project, last) if last else None
    if found is None:
        raise NoTree
    return found.manifest_hash, workspace.id if workspace else None, found.id


def manifest_roots(tx: Tx, user_id: str) -> set[str]:
    """Return the manifests that workspaces show or were moved from, which keeps them from being collected."""
    return store.referenced_manifests(tx, user_id)


ROOTS = storage.Roots(
    maybe=manifest_roots,
    columns=("workspaces.current_manifest_hash", "pointer_moves.from_manifest_hash", "pointer_moves.to_manifest_hash"),
)


def purge_deleted(tx: Tx) -> int:
    """Remove workspaces whose grace time is over; their snapshots stay. Return how many. For the expiry job."""
    return store.purge(tx, shift(tx.now(), seconds=-GRACE_DAYS * 24 * 3600))
