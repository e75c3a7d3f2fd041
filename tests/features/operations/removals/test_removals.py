"""Removing a user: nothing lets them in any more, nothing of theirs stays, and nobody else notices."""

import pytest

from asterism.base.errors import NotFound
from asterism.features.accounts import identity
from asterism.features.operations import removals
from asterism.features.versions import projects
from asterism.kernel.db import Database


def test_a_removed_user_is_gone_with_tokens_and_projects(db: Database) -> None:
    with db.write() as tx:
        identity.ensure_owner(tx, "owner@localhost")
        eve, bob = identity.add_user(tx, "eve@example.org"), identity.add_user(tx, "bob@example.org")
        held = {
            user.email: identity.create_token(tx, user, kind="u", name="t", client="cli", seconds=3600)
            for user in (eve, bob)
        }
        link = identity.create_link(tx, eve)
        for user in (eve, eve, bob):
            projects.create_project(tx, identity.acting_for(user.id), name="demo")
    with db.write() as tx:
        assert removals.remove_user(tx, eve) == 2
    with db.write() as tx:
        with pytest.raises(identity.NotSignedIn):
            identity.authenticate(tx, held[eve.email].text)
        with pytest.raises(identity.InvalidLink):
            identity.redeem_link(tx, link.text)
        with pytest.raises(NotFound):
            identity.find_user(tx, eve.email)
        with pytest.raises(NotFound):
            removals.remove_user(tx, eve)
        assert identity.user_by_id(tx, eve.id) is None
        assert not projects.list_projects(tx, identity.acting_for(eve.id), limit=10).items
        assert len(projects.list_projects(tx, identity.acting_for(eve.id), limit=10, deleted=True).items) == 2
        caller = identity.authenticate(tx, held[bob.email].text)
        assert [one.name for one in projects.list_projects(tx, caller, limit=10).items] == ["demo"]
        again = identity.add_user(tx, eve.email)
        assert again.id != eve.id
        assert [user.email for user in identity.list_users(tx)] == ["owner@localhost", bob.email, eve.email]


def test_the_owner_stays(db: Database) -> None:
    with db.write() as tx:
        owner, _ = identity.ensure_owner(tx, "owner@localhost")
        with pytest.raises(identity.OwnerStays):
            removals.remove_user(tx, owner)
