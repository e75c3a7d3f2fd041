"""Memory documents as use cases: writing, versions, search, and who finds what (Starbot 3)."""

from typing import Any

import pytest

from asterism.base.clock import ManualClock
from asterism.base.errors import Invalid, TooLarge
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.talk import memory
from asterism.features.talk.memory import Cause, MemoryConflict, Place, UnknownVersion
from asterism.features.versions import projects, workspaces
from asterism.features.versions.projects import UnknownProject
from asterism.features.versions.workspaces import NewWorkspace
from asterism.kernel.db import Database, Tx

DAY = 24 * 3600


class World:
    """A person with a project and two workspaces."""

    def __init__(self, db: Database) -> None:
        self.db = db
        with db.write() as tx:
            self.caller = Caller(identity.add_user(tx, "ada@example.org").id, "token", "u", "cli")
            self.project = projects.create_project(tx, self.caller, name="p").id
            self.main, self.side = (self.workspace(tx, name) for name in ("main", "side"))

    def workspace(self, tx: Tx, name: str) -> str:
        return workspaces.create_workspace(tx, self.caller, self.project, NewWorkspace(name=name)).id

    def write(self, text: str, workspace: str | None = None, **more: Any) -> memory.Document:
        with self.db.write() as tx:
            return memory.write(tx, self.place(tx, workspace), text, **more).document

    def place(self, tx: Tx, workspace: str | None = None) -> Place:
        if workspace is None:
            return memory.place_of_project(tx, self.caller, self.project)
        return memory.place_of_workspace(tx, self.caller, workspace)

    def versions(self) -> list[int]:
        with self.db.read() as tx:
            return [one.version for one in memory.list_versions(tx, self.place(tx), 1000)]

    def found(self, query: str, **more: object) -> list[str]:
        with self.db.read() as tx:
            hits = memory.search(tx, self.caller, self.project, query, **more)  # type: ignore[arg-type]
        return sorted(hit.text for hit in hits)


@pytest.fixture
def world(db: Database) -> World:
    return World(db)


def test_a_document_never_written_is_empty_and_as_old_as_its_place(db: Database, world: World) -> None:
    with db.read() as tx:
        place = world.place(tx)
        assert memory.read(tx, place) == memory.Document("", place.born_at, 0)
    assert world.versions() == []


def test_each_writing_is_a_version_and_later_than_the_one_before(db: Database, world: World) -> None:
    first, second = world.write("one"), world.write("two", cause=Cause("proposal", "run", None, "proposal"))
    assert (first.version, second.version) == (1, 2)
    assert second.updated_at > first.updated_at, "although the clock stands still"
    with db.read() as tx:
        place = world.place(tx)
        assert memory.read(tx, place) == second
        kept = memory.get_version(tx, place, "1")
        newest = memory.list_versions(tx, place, 1)[0]
        for number in ("0", "3", "x", "-1", "1.0", "١", "1" * 10):
            with pytest.raises(UnknownVersion):
                memory.get_version(tx, place, number)
    assert (kept.content, kept.bytes, kept.source) == ("one", 3, "user")
    assert (newest.content, newest.source, newest.run_id, newest.proposal_id) == (None, "proposal", "run", "proposal")


def test_who_was_not_told_of_the_last_writing_cannot_overwrite_it(world: World) -> None:
    first = world.write("one")
    second = world.write("two", expected_updated_at=first.updated_at)
    with pytest.raises(MemoryConflict):
        world.write("three", expected_updated_at=first.updated_at)
    with pytest.raises(Invalid):
        world.write("three", expected_updated_at="yesterday")
    assert world.write("three", expected_updated_at=second.updated_at).version == 3


def test_a_document_has_at_most_262144_bytes(world: World) -> None:
    assert world.write("é" * 131_072).version == 1
    with pytest.raises(TooLarge) as refused:
        world.write("é" * 131_072 + "x")
    assert refused.value.details == {"limit_bytes": 262_144}
    assert world.versions() == [1]


def test_old_versions_go_but_the_newest_200_and_those_of_90_days_stay(world: World, clock: ManualClock) -> None:
    for _ in range(3):
        world.write("x")
    clock.advance(90 * DAY)
    for number in range(3, 202):
        world.write(str(number))
    assert len(world.versions()) == 202, "the first is not older than 90 days"
    clock.advance(1)
    world.write("last")
    assert min(world.versions()) == 4, "203 less 200 are old enough, and there are three of them"


def test_a_version_that_is_old_stays_among_the_newest_200(world: World, clock: ManualClock) -> None:
    world.write("first")
    clock.advance(1000 * DAY)
    for number in range(199):
        world.write(str(number))
    assert min(world.versions()) == 1
    world.write("one more")
    assert min(world.versions()) == 2


def test_search_finds_the_projects_memory_and_that_of_its_workspaces(world: World) -> None:
    world.write("Rockets land on the project's pad.")
    world.write("Rockets start from the side.", world.side)
    world.write("Rockets are built on main.", world.main)
    assert len(world.found("rockets")) == 3
    assert world.found("rockets", workspace_id=world.side) == [
        "Rockets land on the project's pad.",
        "Rockets start from the side.",
    ]
    assert len(world.found("rockets", limit=2)) == 2
    with pytest.raises(Invalid):
        world.found("rockets", workspace_id="another")


def test_the_memory_of_a_deleted_workspace_is_not_found(db: Database, world: World) -> None:
    world.write("Rockets land on the pad.")
    world.write("Rockets start from the side.", world.side)
    with db.write() as tx:
        workspaces.delete_workspace(tx, world.caller, world.side)
    assert world.found("rockets") == ["Rockets land on the pad."]
    with pytest.raises(Invalid):
        world.found("rockets", workspace_id=world.side)


def test_nobody_finds_what_belongs_to_others(db: Database, world: World) -> None:
    world.write("Rockets land on the pad.")
    world.caller = Caller("somebody else", "token", "u", "cli")
    with pytest.raises(UnknownProject):
        world.found("rockets")


def test_what_is_asked_has_1_to_2000_characters(world: World) -> None:
    assert world.found("x" * 2000) == []
    for query in ("", "  \n", "x" * 2001):
        with pytest.raises(Invalid, match="2000"):
            world.found(query)


@pytest.mark.parametrize(("given", "limit"), [(None, 5), (1, 1), (50, 50), (51, 50)])
def test_a_search_gives_5_results_unless_said_and_50_at_most(given: int | None, limit: int) -> None:
    assert memory.search_limit(given) == limit
    with pytest.raises(Invalid):
        memory.search_limit(0)
