"""Invariants of projects and workspaces, with two transactions at once, on both databases."""

import pytest
import sqlalchemy as sa

from asterism.features.accounts.identity import Caller
from asterism.features.versions import projects, workspaces
from asterism.features.versions.projects import LimitReached, NewVar, Project
from asterism.features.versions.projects.models import MAX_PROJECTS
from asterism.features.versions.projects.tables import projects as projects_table
from asterism.features.versions.workspaces import MainStays, NewWorkspace, UnknownWorkspace, Workspace
from asterism.features.versions.workspaces.models import MAX_WORKSPACES
from asterism.features.versions.workspaces.tables import workspaces as workspaces_table
from asterism.kernel.db import Database, Tx
from asterism.kernel.secrets import memory_secrets
from tests.support.races import errors_of, race


@pytest.fixture
def project(db: Database, caller: Caller) -> Project:
    with db.write() as tx:
        return projects.create_project(tx, caller, name="p")


def made(tx: Tx, caller: Caller, project: Project, name: str) -> Workspace:
    return workspaces.create_workspace(tx, caller, project.id, NewWorkspace(name=name))


def main_and_live(db: Database, caller: Caller, project: Project) -> tuple[str | None, set[str]]:
    with db.read() as tx:
        found = projects.get_project(tx, caller, project.id)
        return found.main_workspace_id, {one.id for one in workspaces.list_workspaces(tx, caller, found)}


def copies(tx: Tx, table: sa.Table, row_id: str, count: int) -> None:
    """Add copies of a row, so that a limit is reached without a thousand calls."""
    row = tx.one(sa.select(table).where(table.c.id == row_id))
    assert row is not None
    tx.execute(sa.insert(table), [{**row, "id": f"{row_id}-{number}"} for number in range(count)])


@pytest.mark.parametrize("delete_first", [True, False])
def test_main_is_never_a_deleted_workspace(db: Database, caller: Caller, project: Project, delete_first: bool) -> None:
    with db.write() as tx:
        made(tx, caller, project, "main")
        other = made(tx, caller, project, "other")
    calls = [
        lambda tx: workspaces.delete_workspace(tx, caller, other.id),
        lambda tx: workspaces.set_as_main(tx, caller, other.id),
    ]
    outcomes = race(db, *(calls if delete_first else reversed(calls)))
    assert [type(error) for error in errors_of(outcomes)] == [UnknownWorkspace if delete_first else MainStays]
    main, live = main_and_live(db, caller, project)
    assert main in live


def test_main_is_never_deleted_beside_one_that_is_just_made(db: Database, caller: Caller, project: Project) -> None:
    with db.write() as tx:
        main = made(tx, caller, project, "main")
    race(
        db,
        lambda tx: made(tx, caller, project, "other"),
        lambda tx: workspaces.delete_workspace(tx, caller, main.id),
    )
    found, live = main_and_live(db, caller, project)
    assert found in live


def test_two_first_workspaces_make_one_main(db: Database, caller: Caller, project: Project) -> None:
    race(db, lambda tx: made(tx, caller, project, "main"), lambda tx: made(tx, caller, project, "second"))
    main, live = main_and_live(db, caller, project)
    with db.read() as tx:
        assert len(live) == 2
        assert workspaces.get_workspace(tx, caller, main or "").name == "main"


def test_no_more_workspaces_than_allowed(db: Database, caller: Caller, project: Project) -> None:
    with db.write() as tx:
        copies(tx, workspaces_table, made(tx, caller, project, "w").id, MAX_WORKSPACES - 2)
    outcomes = race(db, lambda tx: made(tx, caller, project, "a"), lambda tx: made(tx, caller, project, "b"))
    assert [type(error) for error in errors_of(outcomes)] == [LimitReached]
    assert len(main_and_live(db, caller, project)[1]) == MAX_WORKSPACES


@pytest.mark.parametrize("how", ["create", "restore"])
def test_no_more_projects_than_allowed(db: Database, caller: Caller, project: Project, how: str) -> None:
    with db.write() as tx:
        hidden = projects.create_project(tx, caller, name="hidden")
        projects.delete_project(tx, caller, hidden.id)
        copies(tx, projects_table, project.id, MAX_PROJECTS - 2)

    def one_more(tx: Tx) -> Project:
        if how == "restore":
            return projects.restore_project(tx, caller, hidden.id)
        return projects.create_project(tx, caller, name="more")

    outcomes = race(db, lambda tx: projects.create_project(tx, caller, name="first"), one_more)
    assert [type(error) for error in errors_of(outcomes)] == [LimitReached]


def test_no_more_env_vars_than_allowed(db: Database, caller: Caller, project: Project) -> None:
    secrets = memory_secrets()

    def set_vars(tx: Tx, *names: str) -> int:
        new = [NewVar(name, "x") for name in names]
        return projects.set_env_vars(tx, secrets, caller, project.id, new, "variables")

    with db.write() as tx:
        set_vars(tx, *(f"V{number}" for number in range(499)))
    outcomes = race(db, lambda tx: set_vars(tx, "A", "V1"), lambda tx: set_vars(tx, "B", "V2"))
    assert [type(error) for error in errors_of(outcomes)] == [LimitReached]
    with db.read() as tx:
        assert len(projects.list_env_vars(tx, secrets, caller, project.id)) == 500


def test_a_restored_project_is_not_purged(db: Database, caller: Caller, project: Project) -> None:
    with db.write() as tx:
        projects.delete_project(tx, caller, project.id)
        old = "2020-01-01T00:00:00.000Z"
        tx.execute(sa.update(projects_table).where(projects_table.c.id == project.id).values(deleted_at=old))
    race(db, lambda tx: projects.restore_project(tx, caller, project.id), projects.purge_deleted)
    with db.read() as tx:
        assert projects.get_project(tx, caller, project.id).id == project.id


def test_intent_and_brief_never_disagree(db: Database, caller: Caller, project: Project) -> None:
    race(
        db,
        lambda tx: projects.set_brief(tx, caller, project.id, {"brief": {"intent": "shop"}}),
        lambda tx: projects.set_brief(tx, caller, project.id, {"intent": "shop"}),
    )
    with db.write() as tx:
        found = projects.get_project(tx, caller, project.id)
        assert found.intent == "shop"
        assert found.brief == {"intent": "shop"}
