"""Deleted projects and workspaces are kept for 30 days."""

import pytest

from asterism.features.accounts.identity import Caller
from asterism.features.versions import project_log, projects, workspaces
from asterism.features.versions.project_log.events import GitExported
from asterism.features.versions.projects import UnknownProject
from asterism.features.versions.workspaces import NewWorkspace
from tests.support.shelf import Shelf

DAY = 24 * 3600


def test_a_deleted_project_can_be_restored_for_30_days(shelf: Shelf, caller: Caller) -> None:
    with shelf.db.write() as tx:
        project = projects.create_project(tx, caller, name="p")
        workspaces.create_workspace(tx, caller, project.id, NewWorkspace(name="main"))
        projects.delete_project(tx, caller, project.id)
    shelf.clock.advance(30 * DAY - 1)
    with shelf.db.write() as tx:
        assert projects.purge_deleted(tx) == 0
        projects.restore_project(tx, caller, project.id)
        projects.delete_project(tx, caller, project.id)
    shelf.clock.advance(30 * DAY + 1)
    with shelf.db.write() as tx:
        assert projects.purge_deleted(tx) == 1
        with pytest.raises(UnknownProject):
            projects.restore_project(tx, caller, project.id)


def test_a_deleted_workspace_is_purged_after_30_days(shelf: Shelf, caller: Caller) -> None:
    with shelf.db.write() as tx:
        project = projects.create_project(tx, caller, name="p")
        made = workspaces.create_workspace(tx, caller, project.id, NewWorkspace(name="main"))
        workspaces.delete_workspace(tx, caller, made.id)
        assert workspaces.purge_deleted(tx) == 0
    shelf.clock.advance(30 * DAY + 1)
    with shelf.db.write() as tx:
        assert workspaces.purge_deleted(tx) == 1
        assert workspaces.purge_deleted(tx) == 0


def test_events_are_kept_for_a_year_and_only_so_many(shelf: Shelf, caller: Caller) -> None:
    with shelf.db.write() as tx:
        project = projects.create_project(tx, caller, name="p")
    shelf.clock.advance(366 * DAY)
    with shelf.db.write() as tx:
        project_log.append(tx, project.id, GitExported("s"), title="Exported.", subject=("snapshot", "s"), actor="cli")
        project_log.prune(tx)
        assert [event.type for event in project_log.newest_events(tx, caller, project.id, 10)] == ["git.exported"]
