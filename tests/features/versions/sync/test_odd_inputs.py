"""Histories that cross thirty times or close in circles, manifests of both dialects, and a store that is full."""

import errno
import json
from typing import Any

import pytest

from asterism.features.versions import storage, sync, workspaces
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.sync import Answered, Execution
from asterism.vcs.manifest import Entry
from tests.features.versions.sync.conftest import OURS, World
from tests.support.trees import Tree, entries_of, name_of

DEPTH = 30


def named(world: World, workspace: workspaces.Workspace, name: str, tree: Tree, *parents: str) -> None:
    new = NewSnapshot(world.shelf.put_tree(tree), id=name, parents=parents)
    with world.shelf.db.write() as tx:
        workspaces.push_snapshot(tx, world.caller, world.project.id, new, workspace.id)


def test_histories_that_crossed_thirty_times_are_merged_on_the_newest_ancestor(world: World) -> None:
    lines = [b"-\n"] * (4 * DEPTH + 8)

    def edited(at: int, word: str) -> Tree:
        return {"f": b"".join([*lines[:at], f"{word}\n".encode(), *lines[at + 1 :]])}

    named(world, world.main, "root", {"f": b"".join(lines)}, world.theirs)
    parents: list[tuple[str, ...]] = [("root",), ("root",)]
    for level in range(DEPTH + 1):
        ours, main = f"ours{level}", f"main{level}"
        named(world, world.side, ours, edited(4 * level, ours), *parents[0])
        named(world, world.main, main, edited(4 * level + 2, main), *parents[1])
        lines[4 * level], lines[4 * level + 2] = f"{ours}\n".encode(), f"{main}\n".encode()
        parents = [(ours, main), (main, ours)]
    preview = world.prepare()
    assert (preview.base_kind, preview.base_snapshot_ids) == ("snapshot", (f"main{DEPTH - 1}",))
    assert world.execute(preview).parents == (f"ours{DEPTH}", f"main{DEPTH}")
    assert world.tree(world.side) == {"f": b"".join(lines)}
    assert world.prepare().plan.is_empty


def test_a_history_that_closes_in_a_circle_has_a_base(world: World) -> None:
    named(world, world.main, "x", {"f": b"1\n2\n3\n"}, "y")
    named(world, world.side, "y", {"f": b"1\n2\n3\n"}, "x")
    named(world, world.main, "theirs", {"f": b"1\n2\nmain\n"}, "x")
    named(world, world.side, "ours", {"f": b"ours\n2\n3\n"}, "y")
    preview = world.prepare()
    assert (preview.base_kind, len(preview.base_snapshot_ids)) == ("snapshot", 1)
    world.execute(preview)
    assert world.tree(world.side) == {"f": b"ours\n2\nmain\n"}


def put_untyped(world: World, tree: Tree) -> str:
    """Store a manifest as clients of the other dialect write it: files alone, in any order, without type or mode."""
    world.shelf.put(*tree.values())
    files = [{"size": len(content), "hash": name_of(content), "path": path} for path, content in tree.items()]
    data = json.dumps({"files": files[::-1]}).encode()
    storage.upload(world.shelf.db, world.shelf.blobs, world.shelf.user, name_of(data), data)
    return name_of(data)


def test_a_manifest_of_either_dialect_is_merged_with_the_other(world: World) -> None:
    old, main = (
        {"a": b"1\n2\n3\n", "b": b"b\n", "same": b"s\n"},
        {"a": b"1\n2\nmain\n", "b": b"of main\n", "same": b"s\n"},
    )
    ours = entries_of(old | {"a": b"ours\n2\n3\n"}, 0o755)
    world.shelf.put(b"ours\n2\n3\n")
    base = world.push_manifest(world.main, put_untyped(world, old), world.theirs)
    world.push_manifest(world.main, put_untyped(world, main), base)
    world.push_manifest(world.side, world.shelf.put_entries([*ours, Entry("dir", "empty", mode=0o755)]), base)
    preview = world.prepare()
    assert {action.path for action in preview.plan.actions} == {"a", "b"}
    assert (preview.plan.decisions, preview.plan.unchanged) == ((), 1)
    done = world.execute(preview)
    with world.shelf.db.read() as tx:
        merged = storage.entries(tx, world.shelf.blobs, world.shelf.user, str(done.manifest_hash))
    assert {entry.path: entry.mode for entry in merged} == dict.fromkeys(("a", "b", "empty", "same"), 0o755)
    assert world.tree(world.side) == main | {"a": b"ours\n2\nmain\n"}


class FullStore:
    """The store of a disk that is full: it reads, and refuses to write."""

    def __init__(self, blobs: Any) -> None:
        self._blobs = blobs

    def __getattr__(self, name: str) -> Any:
        if name.startswith("put"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return getattr(self._blobs, name)


def test_a_store_that_is_full_changes_nothing_and_the_same_execute_works_later(world: World) -> None:
    world.edit(world.side, OURS | {"unsaved": b"u\n"})
    preview, before, events = world.prepare(), world.look(world.side), world.events()
    wanted = Execution(preview.id, {"c": Answered(content="of a person's own\n")})
    full: Any = FullStore(world.shelf.blobs)
    with pytest.raises(OSError, match="No space left"):
        sync.execute(world.shelf.db, full, world.caller, world.side.id, wanted)
    assert (world.look(world.side), world.events()) == (before, events)
    assert sync.execute(world.shelf.db, world.shelf.blobs, world.caller, world.side.id, wanted).made
    assert world.tree(world.side)["c"] == b"of a person's own\n"
