"""Accounts at providers and how a workspace is deployed: checked before they are kept, told without secrets."""

import asyncio
from typing import Any

import pytest

from asterism.base.errors import Invalid
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.operations import infrastructure
from asterism.features.operations.infrastructure import NewCredential
from asterism.features.versions import projects, workspaces
from asterism.features.versions.workspaces import NewWorkspace, UnknownWorkspace, Workspace
from asterism.kernel.clouds import Cloud, MemoryClouds
from asterism.kernel.db import Database, Tx
from asterism.kernel.secrets import memory_secrets

LONGEST = "t" * 4096
CLOUDS = MemoryClouds([LONGEST, "good"])


def person(tx: Tx, name: str) -> Caller:
    return Caller(identity.add_user(tx, f"{name}@example.org").id, "", "u", "cli")


def workspace_of(tx: Tx, caller: Caller) -> Workspace:
    project = projects.create_project(tx, caller, name="P")
    return workspaces.create_workspace(tx, caller, project.id, NewWorkspace(name="main"))


def check(token: str = "good", metadata: dict[str, str] | None = None, provider: str = "railway") -> NewCredential:
    return asyncio.run(infrastructure.check_credential(CLOUDS, NewCredential(provider, token, metadata)))


def test_an_account_is_kept_sealed_replaced_and_forgotten(db: Database) -> None:
    secrets = memory_secrets()
    with db.write() as tx:
        alice, bob = person(tx, "alice"), person(tx, "bob")
        first = infrastructure.save_credential(tx, secrets, alice, check(" good\n", {"team": "a"}))
        again = infrastructure.save_credential(tx, secrets, alice, check(metadata={"team": "b"}))
        assert (first[1], again) == (True, (first[0], False))
        (kept,) = infrastructure.list_credentials(tx, alice)
        assert (kept.provider, kept.metadata) == ("railway", '{"team": "b"}')
        assert infrastructure.token_of(tx, secrets, alice.user_id, Cloud.RAILWAY) == ("good", {"team": "b"})
        assert infrastructure.list_credentials(tx, bob) == []
        infrastructure.delete_credential(tx, bob, "railway")
        assert infrastructure.list_credentials(tx, alice) == [kept]
        infrastructure.delete_credential(tx, alice, "railway")
        assert infrastructure.token_of(tx, secrets, alice.user_id, Cloud.RAILWAY) is None


def test_only_what_a_provider_accepts_passes() -> None:
    with pytest.raises(infrastructure.InvalidCredentials):
        check("bad")
    with pytest.raises(infrastructure.ProviderDown):
        asyncio.run(infrastructure.check_credential(MemoryClouds(down=True), NewCredential("railway", "good")))
    with pytest.raises(Invalid, match="provider"):
        check(provider="local")


@pytest.mark.parametrize(
    ("fits", "refused"),
    [
        ({"token": LONGEST}, {"token": LONGEST + "t"}),
        ({"metadata": {f"k{n}": "" for n in range(20)}}, {"metadata": {f"k{n}": "" for n in range(21)}}),
        ({"metadata": {"k": "v" * 500}}, {"metadata": {"k": "v" * 501}}),
        ({"metadata": {"k" * 500: "v"}}, {"metadata": {"k" * 501: "v"}}),
    ],
    ids=["token", "members", "value", "name"],
)
def test_borders_of_an_account(fits: dict[str, Any], refused: dict[str, Any]) -> None:
    check(**fits)
    with pytest.raises(Invalid, match="must have"):
        check(**refused)


def test_settings_are_changed_by_part_and_cleared_by_nothing(db: Database) -> None:
    with db.write() as tx:
        alice, bob = person(tx, "alice"), person(tx, "bob")
        place = workspace_of(tx, alice)
        assert not infrastructure.get_settings(tx, alice, place.id).auto_deploy
        infrastructure.change_settings(tx, alice, place.id, {"build_command": "make", "root": "/apps/web/"})
        found = infrastructure.change_settings(tx, alice, place.id, {"build_command": "  ", "auto_deploy": True})
        assert (found.build_command, found.root, found.auto_deploy) == (None, "apps/web", True)
        assert infrastructure.get_settings(tx, alice, place.id) == found
        with pytest.raises(UnknownWorkspace):
            infrastructure.change_settings(tx, bob, place.id, {"auto_deploy": False})
        for name, value in (("root", "../up"), ("runtime_override", "cobol"), ("start_command", "x" * 2001)):
            with pytest.raises(Invalid, match=name):
                infrastructure.change_settings(tx, alice, place.id, {name: value})
        assert infrastructure.change_settings(tx, alice, place.id, {"start_command": "x" * 2000}).start_command
