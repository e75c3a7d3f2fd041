"""Use cases of projects."""

from collections.abc import Callable

from asterism.base import ids
from asterism.base.clock import shift
from asterism.base.errors import Conflict
from asterism.base.pagination import Page, decode_cursor, encode_cursor
from asterism.features.accounts.identity import Caller
from asterism.features.versions import project_log
from asterism.features.versions.project_log import (
    ProjectChanged,
    ProjectCreated,
    ProjectDeleted,
    ProjectRestored,
    Told,
)
from asterism.features.versions.projects import store
from asterism.features.versions.projects.errors import LimitReached, UnknownProject
from asterism.features.versions.projects.models import GRACE_DAYS, MAX_PROJECTS, Project
from asterism.features.versions.projects.names import clean_name
from asterism.kernel.db import Tx

DAY = 24 * 3600
PRESENCE = "projects.presence"
"""Told of a project when it, or a workspace of it, is deleted or comes back: what works for it ends or starts again."""


def create_project(tx: Tx, caller: Caller, *, name: str) -> Project:
    """Make a project; names need not be unique. Raises Invalid or LimitReached."""
    name = clean_name(name)
    _check_room(tx, caller)
    now = tx.now()
    project = Project(ids.ulid(), caller.user_id, name, None, None, now, now, None, None, False, None, None)
    store.insert(tx, project)
    tell(tx, caller, project.id, ProjectCreated(name), f"Project “{name}” was made.")
    return project


def tell(tx: Tx, caller: Caller, project_id: str, told: Told, title: str) -> None:
    """Tell in the log what a caller did to a project itself."""
    project_log.append(tx, project_id, told, title=title, subject=("project", project_id), actor=caller.client)


def _check_room(tx: Tx, caller: Caller) -> None:
    tx.take_turns("projects", caller.user_id)
    if store.count_live(tx, caller.user_id) >= MAX_PROJECTS:
        raise LimitReached("projects", MAX_PROJECTS)


def get_project(tx: Tx, caller: Caller, project_id: str) -> Project:
    """Return a project of the caller. Raises UnknownProject, for another user's as well, or InsufficientScope."""
    project = store.live(tx, caller.user_id, project_id)
    if project is None:
        raise UnknownProject
    caller.scope.reach(project.id)
    return project


def find_live(tx: Tx, project_id: str) -> Project | None:
    """Return a project that is not deleted, whoever has it. For jobs, which have no caller."""
    return store.live_of_anybody(tx, project_id)


def list_projects(
    tx: Tx, caller: Caller, *, limit: int, cursor: str | None = None, deleted: bool = False
) -> Page[Project]:
    """Return the caller's projects, or the deleted ones that can be restored, last updated first."""
    scope = f"{'deleted-' if deleted else ''}projects:{caller.user_id}"
    before = decode_cursor(scope, cursor, tuple[str, str]) if cursor else None
    found = store.page(tx, caller.user_id, limit + 1, before, deleted=deleted)
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return Page(found[:limit], encode_cursor(scope, [last.updated_at, last.id]) if last else None)


def rename_project(tx: Tx, caller: Caller, project_id: str, name: str) -> Project:
    """Give a project another name. Raises UnknownProject or Invalid."""
    before = get_project(tx, caller, project_id)
    name = clean_name(name)
    store.update(tx, project_id, {"name": name, "updated_at": tx.now()})
    if name != before.name:
        tell(tx, caller, project_id, ProjectChanged(("name",)), f"The project is called “{name}” now.")
    return get_project(tx, caller, project_id)


def archive_project(tx: Tx, caller: Caller, project_id: str, *, archived: bool) -> Project:
    """Put a project aside, or take it up again; it stays readable and writable. Raises UnknownProject."""
    project = get_project(tx, caller, project_id)
    if archived != (project.archived_at is not None):
        store.update(tx, project_id, {"archived_at": tx.now() if archived else None, "updated_at": tx.now()})
        title = "The project was put aside." if archived else "The project was taken up again."
        tell(tx, caller, project_id, ProjectChanged(("archived_at",)), title)
    return get_project(tx, caller, project_id)


def delete_project(tx: Tx, caller: Caller, project_id: str) -> None:
    """Hide a project at once; it can be restored for 30 days, then it is purged. Raises UnknownProject.

    What runs in it is ended by who listens to `PRESENCE`, and by those who look for what they missed.
    """
    get_project(tx, caller, project_id)
    store.update(tx, project_id, {"deleted_at": tx.now()})
    tell(tx, caller, project_id, ProjectDeleted(), "The project was deleted.")
    tx.tell(PRESENCE, project_id)


def restore_project(tx: Tx, caller: Caller, project_id: str) -> Project:
    """Undo a delete.

    Raises UnknownProject, also when it was purged, Conflict when it is not deleted, or LimitReached.
    """
    project = store.any_state(tx, caller.user_id, project_id)
    if project is None:
        raise UnknownProject
    if project.deleted_at is None:
        raise Conflict("The project is not deleted.", code="INVALID_STATE")
    _check_room(tx, caller)
    store.update(tx, project_id, {"deleted_at": None, "updated_at": tx.now()})
    tell(tx, caller, project_id, ProjectRestored(), "The deleted project is back.")
    tx.tell(PRESENCE, project_id)
    return get_project(tx, caller, project_id)


def purge_deleted(tx: Tx, before_each: Callable[[Tx, str], None] = lambda _tx, _project_id: None) -> int:
    """Remove projects whose grace time is over; return how many. For the expiry job.

    `before_each` is called with the id of a project whose rows are about to go, in the same transaction.
    """
    before = shift(tx.now(), seconds=-GRACE_DAYS * DAY)
    purged = [one for one in store.deleted_before(tx, before, 20) if store.lock_deleted(tx, one, before)]
    for project_id in purged:
        before_each(tx, project_id)
        store.purge(tx, project_id)
        project_log.remove(tx, project_id)
        tx.tell(PRESENCE, project_id)
    return len(purged)


def touch_project(
    tx: Tx, project_id: str, *, last_snapshot_id: str | None = None, main: tuple[str | None, bool] | None = None
) -> None:
    """Move `updated_at`, and with it the last snapshot or main (workspace id, whether a person chose it)."""
    values: dict[str, object] = {"updated_at": tx.now()}
    if last_snapshot_id is not None:
        values["last_snapshot_id"] = last_snapshot_id
    if main is not None:
        values["main_workspace_id"], values["main_chosen"] = main
    store.update(tx, project_id, values)
