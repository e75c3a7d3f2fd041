"""A project whose main and workspace have both moved on from a common snapshot."""

import asyncio

import pytest

from asterism.features.accounts.identity import Caller
from asterism.features.versions import project_log, projects, snapshots, storage, sync, workspaces
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.sync import Advisor, Answered, Executed, Execution, Preview, Undone
from asterism.features.versions.workspaces import NewWorkspace, Workspace
from asterism.kernel.llm import ScriptedModels
from asterism.vcs.manifest import Entry
from tests.support.shelf import Shelf
from tests.support.trees import Tree

BASE: Tree = {"a.py": b"one\ntwo\nthree\n", "b.md": b"text\n", "c": b"c\n", "old.txt": b"old\n"}
MAIN: Tree = {"a.py": b"one\ntwo\nTHREE\n", "b.md": b"text\n", "c": b"main\n", "new.txt": b"new\n"}
OURS: Tree = {"a.py": b"ONE\ntwo\nthree\n", "b.md": b"text\n", "c": b"ours\n", "old.txt": b"old\n"}
MERGED: Tree = {"a.py": b"ONE\ntwo\nTHREE\n", "b.md": b"text\n", "new.txt": b"new\n"}

NOBODY = Advisor(ScriptedModels(), lambda _tx, _user: None)


class World:
    """Main is at MAIN, the workspace `side` at OURS, and both come from BASE."""

    def __init__(self, shelf: Shelf, caller: Caller) -> None:
        self.shelf, self.caller = shelf, caller
        with shelf.db.write() as tx:
            self.project = projects.create_project(tx, caller, name="p")
        self.main, self.side = self.workspace("main"), self.workspace("side")
        self.base = self.push(self.main, BASE)
        self.theirs = self.push(self.main, MAIN, self.base)
        self.ours = self.push(self.side, OURS, self.base)

    def workspace(self, name: str, **more: str) -> Workspace:
        with self.shelf.db.write() as tx:
            return workspaces.create_workspace(tx, self.caller, self.project.id, NewWorkspace(name=name, **more))

    def push(self, workspace: Workspace, tree: Tree, *parents: str) -> str:
        return self.push_manifest(workspace, self.shelf.put_tree(tree), *parents)

    def push_manifest(self, workspace: Workspace, manifest_hash: str, *parents: str) -> str:
        new = NewSnapshot(manifest_hash, parents=parents)
        with self.shelf.db.write() as tx:
            return workspaces.push_snapshot(tx, self.caller, self.project.id, new, workspace.id).snapshot.id

    def edit(self, workspace: Workspace, tree: Tree) -> None:
        """Leave unsaved work in a workspace."""
        shown, dirty = self.look(workspace), self.shelf.put_tree(tree)
        with self.shelf.db.write() as tx:
            workspaces.set_current_manifest(tx, self.caller, workspace.id, dirty, shown.current_manifest_hash)

    def look(self, workspace: Workspace) -> Workspace:
        with self.shelf.db.read() as tx:
            return workspaces.get_workspace(tx, self.caller, workspace.id)

    def tree(self, workspace: Workspace) -> Tree:
        """Return what a workspace shows now."""
        shown = self.look(workspace).current_manifest_hash
        return {} if shown is None else self.content(shown)

    def content(self, manifest_hash: str) -> Tree:
        with self.shelf.db.read() as tx:
            entries: list[Entry] = storage.entries(tx, self.shelf.blobs, self.shelf.user, manifest_hash)
            return {
                entry.path: storage.content(tx, self.shelf.blobs, self.shelf.user, entry.hash)
                for entry in entries
                if entry.type == "file"
            }

    def snapshot(self, snapshot_id: str | None) -> snapshots.Snapshot:
        assert snapshot_id is not None
        with self.shelf.db.read() as tx:
            return snapshots.get_snapshot(tx, self.caller, snapshot_id)

    def prepare(
        self, workspace: Workspace | None = None, source: str | None = None, *, advisor: Advisor = NOBODY
    ) -> Preview:
        target, db, blobs = workspace or self.side, self.shelf.db, self.shelf.blobs
        return asyncio.run(sync.prepare(db, blobs, advisor, self.caller, target.id, source, seconds=1800))

    def execute(self, preview: Preview, workspace: Workspace | None = None, **decisions: str | Answered) -> Executed:
        answers = {path: Answered(option=one) if isinstance(one, str) else one for path, one in decisions.items()}
        target = workspace or self.side
        return sync.execute(self.shelf.db, self.shelf.blobs, self.caller, target.id, Execution(preview.id, answers))

    def undo(self, snapshot_id: str | None = None, *, force: bool = False) -> Undone:
        with self.shelf.db.write() as tx:
            return sync.undo(tx, self.caller, self.side.id, snapshot_id, force=force)

    def events(self) -> list[str]:
        with self.shelf.db.read() as tx:
            page = project_log.list_events(tx, self.caller, self.project.id, limit=100, cursor=None)
        return [event.type for event in page.items]


@pytest.fixture
def world(shelf: Shelf, caller: Caller) -> World:
    return World(shelf, caller)
