"""What a client may say about a snapshot, and the names that people give to them (Fastest 6.2, 6.5)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from asterism.base.clock import ManualClock, stamp
from asterism.base.errors import Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.versions import projects, snapshots, workspaces
from asterism.features.versions.projects import Project
from asterism.features.versions.snapshots import NewSnapshot, TagTaken, UnknownTag, check_shape
from asterism.features.versions.snapshots.checks import distinct_parents
from asterism.kernel.db import Database
from tests.support.shelf import Shelf

NOW = datetime(2026, 2, 4, 12, tzinfo=UTC)
NEW = NewSnapshot("0" * 64)


def ahead(**span: float) -> str:
    return stamp(NOW + timedelta(**span))


@pytest.mark.parametrize(
    ("most", "too_much"),
    [
        ({"summary": "x" * 2_000}, {"summary": "x" * 2_001}),
        ({"summary": "x" * 200_000, "source": "import"}, {"summary": "x" * 200_001, "source": "import"}),
        ({"author_name": "é" * 255}, {"author_name": "é" * 256}),
        ({"author_email": "x" * 255}, {"author_email": "x" * 256}),
        ({"origin": "x" * 4_000, "source": "import"}, {"origin": "x" * 4_001, "source": "import"}),
        ({"origin": "x", "source": "import"}, {"origin": "x"}),
        ({"created_at": ahead(hours=24)}, {"created_at": ahead(hours=24, seconds=0.001)}),
        ({"created_at": ahead(days=9_999), "source": "import"}, {"created_at": "2026-02-04", "source": "import"}),
        ({"created_at": "1970-01-01T00:00:00+02:00"}, {"created_at": "now"}),
        ({"id": "x" * 128}, {"id": "x" * 129}),
        ({"id": "a.b-c_d"}, {"id": ".a"}),
    ],
)
def test_what_is_said_of_a_snapshot_has_borders(most: dict[str, Any], too_much: dict[str, Any]) -> None:
    check_shape(replace(NEW, **most), NOW)
    with pytest.raises(Invalid):
        check_shape(replace(NEW, **too_much), NOW)


def test_a_snapshot_has_at_most_16_parents_each_once_and_never_itself() -> None:
    sixteen = tuple(f"p{number}" for number in range(16))
    assert distinct_parents(replace(NEW, parents=(*sixteen, "p0", "p7"))) == sixteen
    for parents in ((*sixteen, "p16"), ("p0", "not an id"), ("p0", "itself")):
        with pytest.raises(Invalid):
            distinct_parents(replace(NEW, id="itself", parents=parents))


class World:
    """A project with two snapshots in it."""

    def __init__(self, shelf: Shelf, caller: Caller) -> None:
        self.db = shelf.db
        with self.db.write() as tx:
            self.project = projects.create_project(tx, caller, name="p")
        self.one, self.two = (self.push(shelf, caller, content) for content in (b"1", b"2"))

    def push(self, shelf: Shelf, caller: Caller, content: bytes) -> str:
        new = NewSnapshot(shelf.put_tree({"a": content}))
        with self.db.write() as tx:
            return workspaces.push_snapshot(tx, caller, self.project.id, new, None).snapshot.id

    def tag(self, name: str, snapshot: str, project: Project | None = None) -> snapshots.Tag:
        with self.db.write() as tx:
            return snapshots.create_tag(tx, project or self.project, name, snapshot)


@pytest.fixture
def world(shelf: Shelf, caller: Caller) -> World:
    return World(shelf, caller)


def test_a_name_belongs_to_one_snapshot_of_a_project(world: World, db: Database, caller: Caller) -> None:
    first = world.tag(" v1 ", world.one)
    assert (first.name, world.tag("v1", world.one)) == ("v1", first), "doing it again changes nothing"
    with pytest.raises(TagTaken):
        world.tag("v1", world.two)
    with db.write() as tx:
        other = projects.create_project(tx, caller, name="other")
    for project, snapshot in ((other, world.one), (None, "nothing")):
        with pytest.raises(Invalid):
            world.tag("v2", snapshot, project)


@pytest.mark.parametrize("name", ["", " ", ".", "..", "a/b", "x" * 256, "a\nb"])
def test_what_is_no_name_is_refused(world: World, name: str) -> None:
    with pytest.raises(Invalid):
        world.tag(name, world.one)
    assert world.tag("x" * 255, world.one).name == "x" * 255


def test_names_are_listed_newest_first_and_taken_away(world: World, db: Database, clock: ManualClock) -> None:
    for name in ("a", "b", "c"):
        world.tag(name, world.one)
        clock.advance(1)
    with db.write() as tx:
        first = snapshots.list_tags(tx, world.project, limit=2)
        second = snapshots.list_tags(tx, world.project, limit=2, cursor=first.next_cursor)
        assert [tag.name for tag in (*first.items, *second.items)] == ["c", "b", "a"]
        assert second.next_cursor is None
        snapshots.delete_tag(tx, world.project, "b")
        with pytest.raises(UnknownTag):
            snapshots.delete_tag(tx, world.project, "b")
        assert [tag.name for tag in snapshots.list_tags(tx, world.project, limit=3).items] == ["c", "a"]
    assert world.tag("b", world.two).snapshot_id == world.two
