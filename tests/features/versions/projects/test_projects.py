"""Projects as use cases: names, limits, deleting and taking back, briefs, env vars, and what is told (Fastest 3)."""

from typing import Any

import pytest
import sqlalchemy as sa

from asterism.base.clock import ManualClock
from asterism.base.errors import Conflict, Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.versions import project_log, projects
from asterism.features.versions.project_log.events import ProjectCreated
from asterism.features.versions.project_log.tables import activity_events
from asterism.features.versions.projects import LimitReached, NewVar, UnknownProject
from asterism.features.versions.projects.tables import projects as projects_table
from asterism.kernel.db import Database
from asterism.kernel.secrets import memory_secrets

DAY = 24 * 3600


def make(db: Database, caller: Caller, name: str = "p") -> projects.Project:
    with db.write() as tx:
        return projects.create_project(tx, caller, name=name)


def names(db: Database, caller: Caller) -> list[str]:
    with db.read() as tx:
        return [one.name for one in projects.list_projects(tx, caller, limit=10).items]


@pytest.mark.parametrize("name", ["x", "x" * 255, "ünï – 日本"])
def test_a_name_has_1_to_255_characters(db: Database, caller: Caller, name: str) -> None:
    assert make(db, caller, f"  {name}\t").name == name
    for bad in ("", "  ", "x" * 256, "a\nb", "a\0b"):
        with pytest.raises(Invalid):
            make(db, caller, bad)


def test_a_person_has_at_most_1000_projects(db: Database, caller: Caller) -> None:
    first = make(db, caller)
    with db.write() as tx:
        row = tx.one(sa.select(projects_table).where(projects_table.c.id == first.id))
        assert row is not None
        tx.execute(sa.insert(projects_table), [{**row, "id": f"{first.id}-{n}"} for n in range(998)])
    last = make(db, caller)
    with pytest.raises(LimitReached, match="1000"):
        make(db, caller)
    with db.write() as tx:
        projects.delete_project(tx, caller, last.id)
    make(db, caller)
    with db.write() as tx, pytest.raises(LimitReached):
        projects.restore_project(tx, caller, last.id)


def test_the_last_changed_project_comes_first(db: Database, caller: Caller, clock: ManualClock) -> None:
    made = {}
    for name in "abc":
        made[name] = make(db, caller, name).id
        clock.advance(1)
    with db.write() as tx:
        projects.rename_project(tx, caller, made["a"], "A")
        clock.advance(1)
        projects.archive_project(tx, caller, made["b"], archived=True)
        first = projects.list_projects(tx, caller, limit=2)
        second = projects.list_projects(tx, caller, limit=2, cursor=first.next_cursor)
    assert [one.name for one in first.items] == ["b", "A"]
    assert ([one.name for one in second.items], second.next_cursor) == (["c"], None)


def test_a_deleted_project_can_be_taken_back_for_30_days(db: Database, caller: Caller, clock: ManualClock) -> None:
    kept, gone = make(db, caller, "kept"), make(db, caller, "gone")
    with db.write() as tx:
        projects.delete_project(tx, caller, kept.id)
        projects.delete_project(tx, caller, gone.id)
    assert names(db, caller) == []
    clock.advance(30 * DAY)
    with db.write() as tx:
        assert projects.purge_deleted(tx) == 0
        projects.restore_project(tx, caller, kept.id)
        with pytest.raises(Conflict) as refused:
            projects.restore_project(tx, caller, kept.id)
    assert refused.value.code == "INVALID_STATE"
    clock.advance(0.001)
    with db.write() as tx:
        assert projects.purge_deleted(tx) == 1
        with pytest.raises(UnknownProject):
            projects.restore_project(tx, caller, gone.id)
    assert names(db, caller) == ["kept"]


def test_what_belongs_to_somebody_else_is_not_there(db: Database, caller: Caller) -> None:
    made, stranger = make(db, caller), Caller("somebody else", "token", "u", "cli")
    with db.write() as tx:
        for use in (projects.get_project, projects.delete_project, projects.restore_project):
            with pytest.raises(UnknownProject):
                use(tx, stranger, made.id)
    assert names(db, stranger) == []


def test_events_are_kept_for_365_days_and_10000_of_them(db: Database, caller: Caller, clock: ManualClock) -> None:
    made = make(db, caller)
    clock.advance(365 * DAY)
    with db.write() as tx:
        project_log.prune(tx)
        assert len(project_log.newest_events(tx, caller, made.id, 10)) == 1
    clock.advance(0.001)
    with db.write() as tx:
        project_log.prune(tx)
        assert project_log.newest_events(tx, caller, made.id, 10) == []
        project_log.append(tx, made.id, ProjectCreated("p"), title="Made.", subject=("project", made.id), actor="cli")
        row = tx.one(sa.select(activity_events))
        assert row is not None
        tx.execute(sa.insert(activity_events), [{**row, "id": f"{row['id']}-{n:05}"} for n in range(9_999)])
        project_log.prune(tx)
        assert tx.scalar(sa.select(sa.func.count()).select_from(activity_events)) == 10_000
        tx.execute(sa.insert(activity_events), [{**row, "id": f"{row['id']}-last"}])
        project_log.prune(tx)
        assert tx.scalar(sa.select(sa.func.count()).select_from(activity_events)) == 10_000


@pytest.mark.parametrize(
    ("changes", "intent", "brief"),
    [
        ({"intent": "x" * 200}, "x" * 200, None),
        ({"brief": {"intent": "app"}}, "app", {"intent": "app"}),
        ({"brief": "x" * (64 * 1024 - 2)}, None, "x" * (64 * 1024 - 2)),
        ({"intent": "app", "brief": {"intent": "app", "n": 1}}, "app", {"intent": "app", "n": 1}),
    ],
    ids=["intent", "brief names it", "longest", "both"],
)
def test_a_brief_is_kept(db: Database, caller: Caller, changes: dict[str, Any], intent: Any, brief: Any) -> None:
    made = make(db, caller)
    with db.write() as tx:
        found = projects.set_brief(tx, caller, made.id, changes)
    assert (found.intent, found.brief) == (intent, brief)


@pytest.mark.parametrize(
    "changes",
    [
        {}, {"intent": ""}, {"intent": "x" * 201}, {"intent": 7}, {"brief": " "}, {"brief": 7},
        {"brief": "x" * (64 * 1024 - 1)}, {"intent": "a", "brief": {"intent": "b"}}, {"brief": {"intent": "x" * 201}},
    ],
)  # fmt: skip
def test_what_is_no_brief_is_refused(db: Database, caller: Caller, changes: dict[str, Any]) -> None:
    made = make(db, caller)
    with db.write() as tx, pytest.raises(Invalid):
        projects.set_brief(tx, caller, made.id, changes)


def test_a_project_has_at_most_500_env_vars(db: Database, caller: Caller) -> None:
    made, secrets = make(db, caller), memory_secrets()
    many = [NewVar(f"V{number}", "x") for number in range(500)]
    with db.write() as tx:
        assert projects.set_env_vars(tx, secrets, caller, made.id, many, "variables") == 500
        with pytest.raises(LimitReached, match="500"):
            projects.set_env_vars(tx, secrets, caller, made.id, [NewVar("ONE_MORE", "x")], "")
        projects.set_env_vars(tx, secrets, caller, made.id, [NewVar("V0", "changed")], "")
        assert projects.env_values(tx, secrets, caller, made.id)[0].value == "changed"


@pytest.mark.parametrize(
    ("value", "shown"), [("1234567", "****"), ("12345678", "****5678"), ("", "****"), ("x" * 65_536, "****xxxx")]
)
def test_of_a_secret_at_most_four_characters_are_shown(db: Database, caller: Caller, value: str, shown: str) -> None:
    made, secrets = make(db, caller), memory_secrets()
    with db.write() as tx:
        projects.set_env_vars(tx, secrets, caller, made.id, [NewVar("KEY", value, True)], "")
        projects.set_env_vars(tx, secrets, caller, made.id, [NewVar("KEY", value)], "")
        (found,) = projects.list_env_vars(tx, secrets, caller, made.id)
        (clear,) = projects.env_values(tx, secrets, caller, made.id)
        (locked,) = projects.list_env_vars(tx, memory_secrets(), caller, made.id)
    assert (found.value, clear.value, locked.value) == (shown, value, "****")
    assert found.is_secret, "it stays secret when nothing is said"


@pytest.mark.parametrize(
    "var", [NewVar("1A", ""), NewVar("", ""), NewVar("A B", ""), NewVar("x" * 257, ""), NewVar("A", "x" * 65_537),
            NewVar("A", "\0")],
)  # fmt: skip
def test_what_is_no_env_var_is_refused_with_all_others(db: Database, caller: Caller, var: NewVar) -> None:
    made, secrets = make(db, caller), memory_secrets()
    with db.write() as tx:
        for new in ([NewVar("GOOD", "x"), var], [NewVar("GOOD", "x"), NewVar("GOOD", "y")]):
            with pytest.raises(Invalid, match=r"variables\[1\]"):
                projects.set_env_vars(tx, secrets, caller, made.id, new, "variables")
        assert projects.set_env_vars(tx, secrets, caller, made.id, [NewVar("x" * 256, "")], "") == 1
        assert len(projects.list_env_vars(tx, secrets, caller, made.id)) == 1
