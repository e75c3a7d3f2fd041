"""What a stored tree needs, with the help of a model where the rules are not sure."""

import asyncio
import json
from pathlib import Path

import pytest

from asterism.base.clock import ManualClock
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.operations import infrastructure
from asterism.features.operations.infrastructure import Needs
from asterism.features.versions import projects
from asterism.features.versions.sync import Adviser, Advisor
from asterism.kernel.blobs import open_blobs
from asterism.kernel.db import Database
from asterism.kernel.llm import FailureKind, Scripted, ScriptedModels, Target
from tests.support.shelf import Shelf

STRANGE = {"Makefile": b"run:\n", "main.adb": b""}
ANSWER = json.dumps({"start": "make run", "databases": ["redis"]})


class World:
    def __init__(self, db: Database, clock: ManualClock, folder: Path, *, configured: bool = True) -> None:
        with db.write() as tx:
            self.caller = Caller(identity.add_user(tx, "someone@example.org").id, "", "u", "cli")
            self.project = projects.create_project(tx, self.caller, name="p").id
        self.shelf = Shelf(db, open_blobs(folder / "blobs", spool=folder / "incoming"), self.caller.user_id, clock)
        self.models = ScriptedModels()
        adviser = Adviser(Target("local", "demo", "http://127.0.0.1:1"), 4096) if configured else None
        self.advisor = Advisor(self.models, lambda _tx, _user: adviser)

    def needs(self, tree: dict[str, bytes]) -> Needs:
        name = self.shelf.put_tree(tree)
        return asyncio.run(
            infrastructure.detect_needs(self.shelf.db, self.shelf.blobs, self.advisor, self.caller, self.project, name)
        )


@pytest.fixture
def world(db: Database, clock: ManualClock, tmp_path: Path) -> World:
    return World(db, clock, tmp_path)


def test_a_model_fills_gaps_and_resources_follow(world: World) -> None:
    world.models.play(ANSWER)
    needs = world.needs(STRANGE)
    assert needs.found.by_model
    assert needs.found.requirements.recipe.start == "make run"
    assert [one.type for one in needs.suggested] == ["database:redis"]


def test_sure_rules_ask_nobody(world: World) -> None:
    assert not world.needs({"package.json": b'{"dependencies": {"express": "4"}}'}).found.by_model
    assert world.models.requests == []


def test_a_model_that_fails_is_no_failure(world: World) -> None:
    world.models.play(Scripted(failure=FailureKind.AUTH))
    needs = world.needs(STRANGE)
    assert (needs.found.by_model, needs.found.requirements.recipe.start) == (False, None)


def test_without_a_model_the_rules_answer(db: Database, clock: ManualClock, tmp_path: Path) -> None:
    assert not World(db, clock, tmp_path, configured=False).needs(STRANGE).found.by_model
