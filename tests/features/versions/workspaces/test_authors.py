"""Authors whom a client puts into ids of snapshots and does not send: known once sent or taught; on both databases."""

import pytest

from asterism.base.errors import Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.versions import projects, snapshots, workspaces
from asterism.features.versions.snapshots import NewSnapshot, Snapshot, content_id
from asterism.features.versions.snapshots.authors import MAX_TAUGHT
from tests.support.shelf import Shelf

ADA = ("Ada", "ada@example.org")


def made_id(tree: str, author: tuple[str, str], clock_stamp: str) -> str:
    return content_id(tree, (), author, clock_stamp[:19] + "Z")


def push(shelf: Shelf, caller: Caller, project: str, new: NewSnapshot) -> Snapshot:
    with shelf.db.write() as tx:
        return workspaces.push_snapshot(tx, caller, project, new, None).snapshot


@pytest.fixture
def project(shelf: Shelf, caller: Caller) -> str:
    with shelf.db.write() as tx:
        return projects.create_project(tx, caller, name="p").id


def now(shelf: Shelf) -> str:
    with shelf.db.read() as tx:
        return tx.now()


def test_a_taught_author_makes_ids_verify(shelf: Shelf, caller: Caller, project: str) -> None:
    with shelf.db.write() as tx:
        assert snapshots.teach_authors(tx, caller.user_id, [ADA]) == [ADA]
    tree = shelf.put_tree({"a": b"1"})
    found = push(shelf, caller, project, NewSnapshot(tree, id=made_id(tree, ADA, now(shelf))))
    assert (found.verified, found.author_name, found.author_email) == (True, *ADA)


def test_an_author_that_was_sent_once_is_known(shelf: Shelf, caller: Caller, project: str) -> None:
    first = shelf.put_tree({"a": b"1"})
    push(shelf, caller, project, NewSnapshot(first, id="any-id", author_name=ADA[0], author_email=ADA[1]))
    tree = shelf.put_tree({"a": b"2"})
    assert push(shelf, caller, project, NewSnapshot(tree, id=made_id(tree, ADA, now(shelf)))).verified


def test_teaching_heals_what_did_not_verify(shelf: Shelf, caller: Caller, project: str) -> None:
    tree = shelf.put_tree({"a": b"1"})
    made = made_id(tree, ADA, now(shelf))
    assert not push(shelf, caller, project, NewSnapshot(tree, id=made)).verified
    shelf.clock.advance(24 * 3600)
    with shelf.db.write() as tx:
        snapshots.teach_authors(tx, caller.user_id, [("Eve", "eve@example.org"), ADA])
        found = snapshots.get_snapshot(tx, caller, made)
    assert (found.verified, found.author_name) == (True, "Ada")


def test_a_repetition_with_author_and_time_heals(shelf: Shelf, caller: Caller, project: str) -> None:
    tree = shelf.put_tree({"a": b"1"})
    moment = "2020-01-01T00:00:00Z"
    made = content_id(tree, (), ADA, moment)
    assert not push(shelf, caller, project, NewSnapshot(tree, id=made)).verified
    wrong = NewSnapshot(tree, id=made, author_name="Eve", author_email="e@e", created_at=moment)
    assert not push(shelf, caller, project, wrong).verified
    right = NewSnapshot(tree, id=made, author_name=ADA[0], author_email=ADA[1], created_at=moment)
    found = push(shelf, caller, project, right)
    assert (found.verified, found.author_name, found.created_at) == (True, "Ada", moment)
    assert push(shelf, caller, project, wrong).author_name == "Ada"  # what verifies stays


def test_only_so_many_are_kept_and_those_are_the_last(shelf: Shelf, caller: Caller) -> None:
    for number in range(MAX_TAUGHT + 3):
        shelf.clock.advance(1)
        with shelf.db.write() as tx:
            known = snapshots.teach_authors(tx, caller.user_id, [(f"n{number}", "")])
    assert known == [(f"n{number}", "") for number in reversed(range(3, MAX_TAUGHT + 3))]
    with shelf.db.write() as tx, pytest.raises(Invalid):
        snapshots.teach_authors(tx, caller.user_id, [("x", str(n)) for n in range(MAX_TAUGHT + 1)])


@pytest.mark.parametrize("pair", [("", ""), ("a\nb", "x"), ("a", "b\x00"), ("x" * 256, ""), ("\ud800", "")])
def test_a_pair_that_no_id_can_hold_is_refused(shelf: Shelf, caller: Caller, pair: tuple[str, str]) -> None:
    with shelf.db.write() as tx, pytest.raises(Invalid, match="authors"):
        snapshots.teach_authors(tx, caller.user_id, [pair])
