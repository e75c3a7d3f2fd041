"""A person with a project whose main workspace takes pushes, on both databases."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from asterism.base.clock import ManualClock
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.insight.atlas import Embedder, Indexer, Maps
from asterism.features.versions import projects, workspaces
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.sync import Adviser, Advisor
from asterism.features.versions.workspaces import NewWorkspace
from asterism.kernel.blobs import open_blobs
from asterism.kernel.db import Database
from asterism.kernel.llm import ScriptedEmbeddings, ScriptedModels, Target
from tests.support.shelf import Shelf
from tests.support.trees import Tree

MODEL = Target("local", "demo", "http://127.0.0.1:1")
VECTORS = Target("local", "vectors", "http://127.0.0.1:1")


@dataclass
class Workshop:
    """A project, and everything that understands it. Without `models` nobody can be asked."""

    shelf: Shelf
    caller: Caller
    project: str
    workspace: str
    models: ScriptedModels | None = None
    embeddings: ScriptedEmbeddings | None = None
    maps: Maps = field(init=False)

    def __post_init__(self) -> None:
        self.maps = Maps(self.db, self.shelf.blobs)

    @property
    def db(self) -> Database:
        return self.shelf.db

    @property
    def advisor(self) -> Advisor:
        adviser = Adviser(MODEL, 4096) if self.models is not None else None
        return Advisor(self.models or ScriptedModels(), lambda _tx, _user: adviser)

    @property
    def embedder(self) -> Embedder:
        target = VECTORS if self.embeddings is not None else None
        return Embedder(self.embeddings or ScriptedEmbeddings(), lambda _tx, _user: target)

    @property
    def indexer(self) -> Indexer:
        return Indexer(self.maps, self.advisor, self.embedder)

    def push(self, tree: Tree) -> str:
        """Push a tree to the main workspace; return its manifest's hash."""
        name = self.shelf.put_tree(tree)
        with self.db.write() as tx:
            workspaces.push_snapshot(tx, self.caller, self.project, NewSnapshot(name), self.workspace)
        return name


@pytest.fixture
def workshop(db: Database, clock: ManualClock, memory_path: Path) -> Workshop:
    with db.write() as tx:
        user = identity.add_user(tx, "someone@example.org")
        caller = Caller(user.id, "token", "u", "cli")
        project = projects.create_project(tx, caller, name="demo")
        workspace = workspaces.create_workspace(tx, caller, project.id, NewWorkspace(name="main"))
    shelf = Shelf(db, open_blobs(memory_path / "blobs", spool=memory_path / "incoming"), user.id, clock)
    return Workshop(shelf, caller, project.id, workspace.id)
