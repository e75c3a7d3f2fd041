"""The audit log as use cases: pages, people apart, and how long entries are kept."""

import pytest

from asterism.base.clock import ManualClock
from asterism.base.errors import Invalid
from asterism.features.accounts import audit, identity
from asterism.features.accounts.audit import Origin
from asterism.kernel.db import Database, Tx

AGE = 400 * 24 * 3600


@pytest.fixture
def people(db: Database, clock: ManualClock) -> tuple[str, str]:
    """Return two users whose logs are empty."""
    with db.write() as tx:
        found = identity.add_user(tx, "ada@example.org").id, identity.add_user(tx, "bob@example.org").id
    clock.advance(AGE)
    with db.write() as tx:
        audit.purge(tx)
    return found


def write(db: Database, user: str, *actions: str) -> None:
    with db.write() as tx:
        for action in actions:
            audit.record(tx, user, action)


def test_entries_come_newest_first_in_pages_and_each_person_has_their_own(
    db: Database, people: tuple[str, str]
) -> None:
    ada, bob = people
    write(db, ada, "one", "two", "three")
    write(db, bob, "bobs")
    with db.read() as tx:
        first = audit.list_entries(tx, ada, limit=2)
        second = audit.list_entries(tx, ada, limit=2, cursor=first.next_cursor)
        assert [entry.action for entry in first.items] == ["three", "two"]
        assert [entry.action for entry in second.items] == ["one"]
        assert second.next_cursor is None
        assert audit.list_entries(tx, ada, limit=3).next_cursor is None
        with pytest.raises(Invalid):
            audit.list_entries(tx, bob, limit=2, cursor=first.next_cursor)


def test_an_entry_says_where_it_came_from_and_what_about(db: Database, people: tuple[str, str]) -> None:
    ada, _ = people
    with db.write() as tx:
        audit.record(tx, ada, "api_key_set", "openai", origin=Origin("192.0.2.7", "token"), again=True)
        (entry,) = audit.list_entries(tx, ada, limit=1).items
    assert (entry.subject, entry.address, entry.token_id) == ("openai", "192.0.2.7", "token")
    assert (entry.details, entry.created_at) == ({"again": True}, entry.created_at)


def test_what_is_rolled_back_was_never_done(db: Database, people: tuple[str, str]) -> None:
    def undone(tx: Tx) -> None:
        audit.record(tx, people[0], "undone")
        raise RuntimeError

    with pytest.raises(RuntimeError), db.write() as tx:
        undone(tx)
    with db.read() as tx:
        assert audit.list_entries(tx, people[0], limit=1).items == []


def test_entries_are_kept_for_365_days_and_no_longer(db: Database, clock: ManualClock, people: tuple[str, str]) -> None:
    write(db, people[0], "old")
    clock.advance(365 * 24 * 3600)
    with db.write() as tx:
        assert audit.purge(tx) == 0
    clock.advance(0.001)
    with db.write() as tx:
        assert audit.purge(tx) == 1
