"""Stored items follow what analyses find; what was dismissed stays away as long as its cause does."""

import pytest

from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.operations import action_items
from asterism.features.operations.action_items import Note
from asterism.features.operations.action_items.service import take_notes
from asterism.features.versions import projects, workspaces
from asterism.features.versions.workspaces import NewWorkspace
from asterism.kernel.db import Database


def note(rule: str = "secrets:github-token", cause: str = "one", title: str = "A token") -> Note:
    return Note("security", "critical", rule, cause, title, "In 1 place.", "Mend it.", ("a.py",), {"rule": rule})


class Shop:
    def __init__(self, db: Database) -> None:
        self.db = db
        with db.write() as tx:
            self.caller = Caller(identity.add_user(tx, "someone@example.org").id, "token", "u", "cli")
            self.project = projects.create_project(tx, self.caller, name="p").id
            self.workspace = workspaces.create_workspace(tx, self.caller, self.project, NewWorkspace(name="main")).id

    def take(self, *notes: Note) -> None:
        with self.db.write() as tx:
            take_notes(tx, self.project, self.caller.user_id, self.workspace, list(notes))

    def listed(self) -> list[action_items.ActionItem]:
        with self.db.read() as tx:
            return action_items.list_items(tx, self.caller, limit=100)

    def dismiss(self) -> None:
        (item,) = self.listed()
        with self.db.write() as tx:
            action_items.dismiss_item(tx, self.caller, item.id)


@pytest.fixture
def shop(db: Database) -> Shop:
    return Shop(db)


def test_an_item_is_updated_in_its_place_and_closed_when_its_cause_is_gone(shop: Shop) -> None:
    shop.take(note())
    (first,) = shop.listed()
    shop.take(note(cause="two", title="Two tokens"), note("secrets:npm-token"))
    again = {item.title: item for item in shop.listed()}
    assert again.keys() == {"Two tokens", "A token"}
    assert again["Two tokens"].id == first.id
    shop.take()
    assert shop.listed() == []
    shop.take(note())
    assert [item.id for item in shop.listed()] == [first.id], "it is the same item when its cause is back"


def test_what_was_dismissed_comes_back_with_another_cause_alone(shop: Shop) -> None:
    shop.take(note())
    shop.dismiss()
    shop.take(note(title="Worded anew"))
    assert shop.listed() == []
    shop.take(note(cause="two"))
    assert [item.title for item in shop.listed()] == ["A token"]


def test_items_of_a_workspace_that_is_gone_are_not_listed(shop: Shop) -> None:
    shop.take(note())
    (item,) = shop.listed()
    with shop.db.write() as tx:
        workspaces.delete_workspace(tx, shop.caller, shop.workspace)
    assert shop.listed() == []
    with shop.db.write() as tx, pytest.raises(action_items.UnknownItem):
        action_items.dismiss_item(tx, shop.caller, item.id)
