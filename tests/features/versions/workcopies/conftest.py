"""A workspace with a tree, and the working copies of a server."""

import os
from pathlib import Path

import pytest

from asterism.features.accounts.identity import Caller
from asterism.features.versions import project_log, projects, storage, workspaces
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.workcopies import Collected, Settled, WorkingCopies, WorkingCopy
from asterism.features.versions.workspaces import NewWorkspace, Workspace
from asterism.vcs.manifest import Entry
from tests.support.shelf import Shelf
from tests.support.trees import Tree, name_of

START: Tree = {"a.py": b"one\ntwo\nthree\n", "b/c.md": b"text\n", "b/d.bin": b"\x00\x01", "run.sh": b"#!/bin/sh\n"}


class Desk:
    """A project whose main workspace shows `START`, with `run.sh` executable and a link `now` to `a.py`."""

    def __init__(self, shelf: Shelf, caller: Caller, folder: Path, limits: storage.Limits) -> None:
        self.shelf, self.caller, self.folder = shelf, caller, folder
        self.copies = WorkingCopies(shelf.db, shelf.blobs, folder, limits, shelf.clock)
        with shelf.db.write() as tx:
            self.project = projects.create_project(tx, caller, name="p")
            self.main = workspaces.create_workspace(tx, caller, self.project.id, NewWorkspace(name="main"))
        self.start = self.push(self.tree_of(START))

    @staticmethod
    def tree_of(tree: Tree) -> list[Entry]:
        files = [
            Entry(
                type="file",
                path=path,
                hash=name_of(data),
                size=len(data),
                mode=0o755 if path.endswith(".sh") else 0o644,
            )
            for path, data in tree.items()
        ]
        return [*files, Entry(type="symlink", path="now", target="a.py")]

    def push(self, entries: list[Entry]) -> str:
        self.shelf.put(*START.values())
        manifest_hash = self.shelf.put_entries(entries)
        new = NewSnapshot(manifest_hash, parents=self.heads())
        with self.shelf.db.write() as tx:
            workspaces.push_snapshot(tx, self.caller, self.project.id, new, self.main.id)
        return manifest_hash

    def heads(self) -> tuple[str, ...]:
        head = self.look().current_snapshot_id
        return (head,) if head else ()

    def show(self, tree: Tree) -> str:
        """Have a client leave other files in the workspace, without a snapshot."""
        self.shelf.put(*tree.values())
        manifest_hash = self.shelf.put_entries(self.tree_of(tree))
        with self.shelf.db.write() as tx:
            shown = self.look().current_manifest_hash
            workspaces.set_current_manifest(tx, self.caller, self.main.id, manifest_hash, shown)
        return manifest_hash

    def look(self) -> Workspace:
        with self.shelf.db.read() as tx:
            return workspaces.get_workspace(tx, self.caller, self.main.id)

    def open(self, copy_id: str = "turn") -> WorkingCopy:
        return self.copies.open(self.caller, self.main.id, copy_id)

    def finish(self, copy: WorkingCopy) -> tuple[Collected, Settled]:
        collected = self.copies.collect(copy)
        return collected, self.copies.settle(copy, collected, self.caller)

    def entries(self, manifest_hash: str | None) -> dict[str, Entry]:
        assert manifest_hash is not None
        with self.shelf.db.read() as tx:
            found = storage.entries(tx, self.shelf.blobs, self.shelf.user, manifest_hash)
        return {entry.path: entry for entry in found}

    def content(self, manifest_hash: str | None) -> Tree:
        files = [entry for entry in self.entries(manifest_hash).values() if entry.type == "file"]
        with self.shelf.db.read() as tx:
            return {entry.path: storage.content(tx, self.shelf.blobs, self.shelf.user, entry.hash) for entry in files}

    def events(self) -> list[str]:
        with self.shelf.db.read() as tx:
            page = project_log.list_events(tx, self.caller, self.project.id, limit=100, cursor=None)
        return [event.type for event in page.items]


def on_disk(folder: Path) -> Tree:
    """Return the files below a folder, links not followed."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                found[str(path.relative_to(folder))] = path.read_bytes()
    return found


@pytest.fixture
def desk(shelf: Shelf, caller: Caller, tmp_path: Path) -> Desk:
    return Desk(shelf, caller, tmp_path / "workcopies", storage.Limits(blob_bytes=3 * storage.MEBIBYTE))
