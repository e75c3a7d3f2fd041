"""Registering what nobody has saved for a day (Fastest 12.2, ADR 0173)."""

from collections.abc import Callable

import structlog

from asterism.base.clock import shift
from asterism.base.errors import DomainError
from asterism.features.versions import projects, snapshots, storage
from asterism.features.versions.snapshots import NewSnapshot, Snapshot
from asterism.features.versions.workspaces import store
from asterism.features.versions.workspaces.models import Workspace
from asterism.features.versions.workspaces.moves import move_head
from asterism.features.versions.workspaces.working_tree import with_dirty
from asterism.kernel.db import Database, Tx

log = structlog.get_logger("asterism.workspaces")
AUTOSAVE_SECONDS = 24 * 3600
AT_ONCE = 500
SUMMARY = "Autosave"


def autosave(db: Database, is_busy: Callable[[Tx, str], bool]) -> int:
    """Register the working trees that are dirty for over a day as heads; return how many. For a worker thread.

    `is_busy(tx, workspace_id)` says that a turn runs there; then it is the turn's time to save, or the next round's.
    Each is a transaction of its own, and one that cannot be saved is logged and keeps no other from it.
    """
    _note_dirt(db)
    with db.read() as tx:
        overdue = store.dirty_before(tx, _latest(tx))
    saved = 0
    for project_id, workspace_id in overdue:
        try:
            with db.write() as tx:
                saved += not is_busy(tx, workspace_id) and _save(tx, project_id, workspace_id) is not None
        except DomainError as error:
            log.warning("workspaces.not_autosaved", workspace=workspace_id, code=error.code, error=error.message)
    return saved


def _latest(tx: Tx) -> str:
    return shift(tx.now(), seconds=-AUTOSAVE_SECONDS)


def _note_dirt(db: Database) -> None:
    """Note the time for workspaces that became dirty unseen: by the upload of a tree that was reported before."""
    after = ""
    while True:
        with db.read() as tx:
            page = store.with_unknown_dirt(tx, after, AT_ONCE)
            dirty = [one for one in page if _is_dirty(tx, one)]
        if not page:
            return
        with db.write() as tx:
            for one in dirty:
                store.note_dirty(tx, one)
        after = page[-1].id


def _is_dirty(tx: Tx, workspace: Workspace) -> bool:
    project = projects.find_live(tx, workspace.project_id)
    return project is not None and with_dirty(tx, project, [workspace])[0].dirty


def _save(tx: Tx, project_id: str, workspace_id: str) -> Snapshot | None:
    """Register what a workspace shows, if that is overdue still and all of it is stored. Raises BlobsMissing."""
    project = projects.find_live(tx, project_id)
    if project is None:
        return None
    storage.hold(tx, project.owner_user_id)
    found = store.of_user(tx, project.owner_user_id, workspace_id, lock=True)
    if found is None or found.dirty_since is None or found.dirty_since >= _latest(tx):
        return None
    tree, head = found.current_manifest_hash, found.current_snapshot_id
    if tree is None or not with_dirty(tx, project, [found])[0].dirty:
        return None
    storage.require_complete(tx, project.owner_user_id, tree)
    new = NewSnapshot(tree, parents=(head,) if head else (), source="system", summary=SUMMARY)
    made = snapshots.register(tx, project, new, caller=None, workspace_id=found.id, fast_forward=True)
    move_head(tx, project, found, made, cause="job", actor="system")
    projects.touch_project(tx, project.id, last_snapshot_id=made.id)
    return made
