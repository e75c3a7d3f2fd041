"""An analysis with a model: asked about the newest code files, once for a tree; its word stands while they do."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from asterism.base.clock import ManualClock
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.operations import action_items
from asterism.features.operations.action_items import Analyst
from asterism.features.review.analyzers import ToolRunner
from asterism.features.versions import projects, workspaces
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.sync import Adviser, Advisor
from asterism.features.versions.workspaces import NewWorkspace
from asterism.kernel.blobs import open_blobs
from asterism.kernel.db import Database
from asterism.kernel.llm import ScriptedModels, Target
from tests.support.shelf import Shelf
from tests.support.trees import Tree

CODE: Tree = {"a.py": b"a = 1\n", "b.py": b"b = 1\n", "notes.md": b"# Notes\n"}


def item(title: str, *files: str) -> dict[str, Any]:
    return {"type": "refactoring", "severity": "info", "title": title, "description": "It is long.", "files": files}


class World:
    """A project that is analysed with a model; `checks` are left out, they have tests of their own."""

    def __init__(self, db: Database, clock: ManualClock, folder: Path) -> None:
        with db.write() as tx:
            user = identity.add_user(tx, "someone@example.org")
            self.caller = Caller(user.id, "token", "u", "cli")
            self.project = projects.create_project(tx, self.caller, name="p").id
            self.workspace = workspaces.create_workspace(tx, self.caller, self.project, NewWorkspace(name="main")).id
        self.shelf = Shelf(db, open_blobs(folder / "blobs", spool=folder / "incoming"), user.id, clock)
        self.models, self.head = ScriptedModels(), None
        adviser = Adviser(Target("local", "demo", "http://127.0.0.1:1"), 4096)
        advisor = Advisor(self.models, lambda _tx, _user: adviser)
        self.tools = ToolRunner()
        self.analyst = Analyst(db, self.shelf.blobs, advisor, self.tools, 0, checks=())

    def push(self, tree: Tree) -> None:
        manifest = self.shelf.put_tree(tree)
        new = NewSnapshot(manifest, parents=(self.head,) if self.head else ())
        with self.shelf.db.write() as tx:
            self.head = workspaces.push_snapshot(tx, self.caller, self.project, new, self.workspace).snapshot.id

    def analyze(self, *items: dict[str, Any]) -> list[str]:
        """Analyse with a model that answers these items; return the titles that are listed then."""
        self.models.play(json.dumps({"items": items}))
        asyncio.run(self.analyst.analyze(self.project))
        with self.shelf.db.read() as tx:
            return sorted(one.title for one in action_items.list_items(tx, self.caller, limit=100))

    def shown(self) -> list[str]:
        asked = json.loads(self.models.requests[-1].turns[-1].text)
        return [file["path"] for file in asked["files"]]


@pytest.fixture
def world(db: Database, clock: ManualClock, tmp_path: Path) -> World:
    return World(db, clock, tmp_path)


def test_a_models_word_stands_while_its_files_do(world: World) -> None:
    world.push(CODE)
    assert world.analyze(item("Split a", "a.py")) == ["Split a"]
    assert sorted(world.shown()) == ["a.py", "b.py"]
    assert world.analyze(item("Never asked", "a.py")) == ["Split a"]
    assert len(world.models.requests) == 1, "one tree is asked about once"
    world.push({**CODE, "b.py": b"b = 2\n"})
    asyncio.run(world.analyst.analyze(world.project))
    assert world.shown()[0] == "b.py", "what changed last is shown first"
    world.push({**CODE, "a.py": b"a = 2\n", "b.py": b"b = 2\n"})
    assert world.analyze() == [], "the file that it was about is another by now"
    world.tools.close()


def test_at_most_three_of_a_models_items_stand(world: World) -> None:
    world.push(CODE)
    world.analyze(item("One", "a.py"), item("Two", "a.py"))
    world.push({**CODE, "b.py": b"b = 2\n"})
    titles = world.analyze(item("Three", "b.py"), item("Four", "b.py"))
    assert titles == ["One", "Three", "Two"]
    world.tools.close()
