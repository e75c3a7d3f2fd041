"""A stored tree, and the tools that read it."""

import json
from pathlib import Path
from typing import Any

import pytest

from asterism.base.clock import ManualClock
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.talk.tools import RunPlace, Toolbox, snapshot_tools
from asterism.kernel.blobs import open_blobs
from asterism.kernel.db import Database
from asterism.kernel.llm import ToolCall
from tests.support.shelf import Shelf
from tests.support.trees import Tree


class Reading:
    """What a model in a run can read of a tree."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf, self.db = shelf, shelf.db
        self.caller = Caller(shelf.user, "token", "session", "web")
        self.toolbox = Toolbox(self.db, snapshot_tools(self.db, shelf.blobs))

    def place(self, tree: Tree | None = None) -> RunPlace:
        stored = self.shelf.put_tree(tree) if tree is not None else None
        return RunPlace(self.caller, "run", "chat", "project", None, stored)

    async def told(self, place: RunPlace, name: str, **arguments: Any) -> str:
        """Call a tool; errors are told with a mark in front of them."""
        with self.db.read() as tx:
            offered = self.toolbox.offered(tx, place, "auto")
        answer = await self.toolbox.call(place, offered, ToolCall("c1", name, json.dumps(arguments)))
        return f"! {answer.text}" if answer.error else answer.text


@pytest.fixture
def reading(db: Database, clock: ManualClock, tmp_path: Path) -> Reading:
    with db.write() as tx:
        user = identity.add_user(tx, "reader@example.com")
    return Reading(Shelf(db, open_blobs(tmp_path / "blobs", spool=tmp_path / "incoming"), user.id, clock))
