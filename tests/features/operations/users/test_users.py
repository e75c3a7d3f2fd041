"""Administrators look after users; nobody else sees that there are any."""

from collections.abc import Callable

import pytest

from asterism.base.errors import DomainError, Invalid
from asterism.features.accounts import audit, identity
from asterism.features.accounts.identity import Caller, NotAdmin, OwnerStays, UserExists, acting_for
from asterism.features.operations import users
from asterism.features.operations.users import UnknownUser
from asterism.features.versions import projects
from asterism.kernel.db import Database, Tx


def owner_of(tx: Tx) -> Caller:
    found, _ = identity.ensure_owner(tx, "owner@localhost")
    return acting_for(found.id)


def logged(tx: Tx, user_id: str) -> list[tuple[str, str | None]]:
    return [(one.action, one.subject) for one in audit.list_entries(tx, user_id, limit=20).items]


def test_a_user_is_added_promoted_and_removed(db: Database) -> None:
    with db.write() as tx:
        owner = owner_of(tx)
        made = users.add_user(tx, owner, " Eve@Example.org ")
        eve = identity.redeem_link(tx, made.text).user
        assert (eve.email, eve.is_admin, eve.is_owner) == ("eve@example.org", False, False)
        with pytest.raises(UserExists):
            users.add_user(tx, owner, "eve@example.org")
    with db.write() as tx:
        assert users.change_user(tx, owner, eve.id, is_admin=True).is_admin
        assert users.change_user(tx, owner, eve.id, is_admin=None).is_admin
        by_eve = acting_for(eve.id)
        bob = users.add_user(tx, by_eve, "bob@example.org").user
        assert not users.change_user(tx, by_eve, eve.id, is_admin=False).is_admin
        projects.create_project(tx, acting_for(bob.id), name="demo")
    with db.write() as tx:
        assert users.remove_user(tx, owner, bob.id) == 1
        assert [one.email for one in users.list_users(tx, owner, limit=9).items] == ["owner@localhost", eve.email]
        assert ("user_removed", bob.id) in logged(tx, owner.user_id)
        assert ("user_removed", bob.id) in logged(tx, bob.id)
        assert logged(tx, owner.user_id).count(("user_changed", eve.id)) == 1
        assert logged(tx, eve.id).count(("user_changed", eve.id)) == 2
        with pytest.raises(UnknownUser):
            users.remove_user(tx, owner, bob.id)


def test_the_owner_stays_an_administrator(db: Database) -> None:
    with db.write() as tx:
        owner = owner_of(tx)
        assert users.change_user(tx, owner, owner.user_id, is_admin=True).is_owner
        with pytest.raises(OwnerStays):
            users.change_user(tx, owner, owner.user_id, is_admin=False)
        with pytest.raises(OwnerStays):
            users.remove_user(tx, owner, owner.user_id)


REFUSED: dict[str, tuple[Callable[[Tx, Caller], object], type[DomainError]]] = {
    "list": (lambda tx, who: users.list_users(tx, who, limit=9), NotAdmin),
    "add": (lambda tx, who: users.add_user(tx, who, "bob@example.org"), NotAdmin),
    "change": (lambda tx, who: users.change_user(tx, who, who.user_id, is_admin=True), UnknownUser),
    "remove": (lambda tx, who: users.remove_user(tx, who, who.user_id), UnknownUser),
}


@pytest.mark.parametrize("what", REFUSED)
def test_who_is_no_administrator_can_do_none_of_it(db: Database, what: str) -> None:
    act, error = REFUSED[what]
    with db.write() as tx:
        owner_of(tx)
        eve = identity.add_user(tx, "eve@example.org")
        with pytest.raises(error):
            act(tx, acting_for(eve.id))
        assert [user.email for user in identity.list_users(tx)] == ["owner@localhost", "eve@example.org"]


def test_users_come_in_pages(db: Database) -> None:
    with db.write() as tx:
        owner = owner_of(tx)
        for name in "abc":
            identity.add_user(tx, f"{name}@example.org")
        first = users.list_users(tx, owner, limit=2)
        rest = users.list_users(tx, owner, limit=2, cursor=first.next_cursor)
        assert [one.email[0] for one in (*first.items, *rest.items)] == ["o", "a", "b", "c"]
        assert rest.next_cursor is None
        with pytest.raises(Invalid):
            users.list_users(tx, owner, limit=2, cursor="other")
