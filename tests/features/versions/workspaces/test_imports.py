"""What an import may say of a snapshot, on both databases: any time, and what git says beside it (Fastest 6.2)."""

from datetime import timedelta

import pytest

from asterism.base.clock import stamp
from asterism.base.errors import Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.versions import projects, snapshots, workspaces
from asterism.features.versions.snapshots import NewSnapshot, Snapshot
from tests.support.shelf import Shelf

ORIGIN = "author Zoë <z@example.org> 1 +0530\n"


def push(shelf: Shelf, caller: Caller, **more: object) -> Snapshot:
    tree = shelf.put_tree({"a": b"1"})
    with shelf.db.write() as tx:
        project = projects.create_project(tx, caller, name="p")
        new = NewSnapshot(tree, **more)  # type: ignore[arg-type]
        made = workspaces.push_snapshot(tx, caller, project.id, new, None).snapshot
    with shelf.db.read() as tx:
        return snapshots.get_snapshot(tx, caller, made.id)


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00Z", "0924-04-13T21:20:00Z", "9999-12-31T23:59:59Z"])
def test_an_import_may_bring_any_time(shelf: Shelf, caller: Caller, when: str) -> None:
    made = push(shelf, caller, id="git-1", source="import", created_at=when)
    assert made.created_at == when.replace("Z", ".000Z")


def test_nobody_else_may_lie_more_than_a_day_ahead(shelf: Shelf, caller: Caller) -> None:
    border = shelf.clock.now() + timedelta(hours=24)
    assert push(shelf, caller, created_at=stamp(border)).created_at == stamp(border)
    with pytest.raises(Invalid, match="24 hours"):
        push(shelf, caller, created_at=stamp(border + timedelta(milliseconds=1)))


def test_a_time_beyond_all_years_is_none(shelf: Shelf, caller: Caller) -> None:
    for when in ("9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00", "924-01-01T00:00:00Z"):
        with pytest.raises(Invalid, match="RFC 3339"):
            push(shelf, caller, source="import", created_at=when)


def test_what_git_says_is_kept_for_imports_alone(shelf: Shelf, caller: Caller) -> None:
    assert push(shelf, caller, source="import", origin=ORIGIN).origin == ORIGIN
    assert push(shelf, caller).origin is None
    with pytest.raises(Invalid, match="import alone"):
        push(shelf, caller, origin=ORIGIN)
    assert push(shelf, caller, source="import", origin="o" * 4000).origin == "o" * 4000
    with pytest.raises(Invalid, match="4000"):
        push(shelf, caller, source="import", origin="o" * 4001)
