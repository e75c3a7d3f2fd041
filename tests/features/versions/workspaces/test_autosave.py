"""Working trees that nobody saved for a day: registered once, and only when they were dirty all the time (12.2)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from asterism.base.clock import ManualClock
from asterism.features.accounts.identity import Caller
from asterism.features.versions import projects, snapshots, workspaces
from asterism.features.versions.snapshots import NewSnapshot, Snapshot
from asterism.features.versions.workspaces import NewWorkspace, Workspace
from asterism.kernel.db import Database, Tx
from asterism.vcs import manifest
from tests.support.shelf import Shelf
from tests.support.trees import entries_of, name_of

HOUR, DAY = 3600, 24 * 3600
OLD, NEW, NEWER = {"a": b"old"}, {"a": b"new"}, {"a": b"newer"}


class Place:
    """A workspace whose head is the tree OLD."""

    def __init__(self, shelf: Shelf, caller: Caller, name: str = "main") -> None:
        self.shelf, self.db, self.caller = shelf, shelf.db, caller
        with self.db.write() as tx:
            self.project = projects.create_project(tx, caller, name=name).id
            self.id = workspaces.create_workspace(tx, caller, self.project, NewWorkspace(name=name)).id
        self.push(OLD)

    def push(self, tree: dict[str, bytes]) -> None:
        """Register a tree as the head, as a client does."""
        new = NewSnapshot(self.shelf.put_tree(tree))
        with self.db.write() as tx:
            workspaces.push_snapshot(tx, self.caller, self.project, new, self.id)

    def report(self, manifest_hash: str) -> None:
        """Say what the workspace shows now."""
        previous = self.now().current_manifest_hash
        with self.db.write() as tx:
            assert workspaces.set_current_manifest(tx, self.caller, self.id, manifest_hash, previous).moved

    def now(self) -> Workspace:
        with self.db.read() as tx:
            return workspaces.get_workspace(tx, self.caller, self.id)

    def history(self) -> Sequence[Snapshot]:
        with self.db.read() as tx:
            project = projects.get_project(tx, self.caller, self.project)
            return snapshots.list_snapshots(tx, self.caller, project, limit=100, cursor=None).items


@pytest.fixture
def place(shelf: Shelf, caller: Caller) -> Place:
    return Place(shelf, caller)


def autosave(db: Database, *busy: str) -> int:
    def is_busy(_tx: Tx, workspace_id: str) -> bool:
        return workspace_id in busy

    return workspaces.autosave(db, is_busy)


def test_a_tree_that_is_dirty_for_over_a_day_becomes_the_head_once(place: Place, clock: ManualClock) -> None:
    head = place.now().current_snapshot_id
    tree = place.shelf.put_tree(NEW)
    place.report(tree)
    clock.advance(DAY)
    assert autosave(place.db) == 0
    clock.advance(1)
    assert autosave(place.db) == 1
    saved = place.history()[0]
    assert (saved.source, saved.summary, saved.parents) == ("system", "Autosave", (head,))
    assert (saved.manifest_hash, saved.workspace_id, saved.fast_forward) == (tree, place.id, True)
    shown = place.now()
    assert (shown.current_snapshot_id, shown.current_manifest_hash, shown.dirty) == (saved.id, tree, False)
    with place.db.read() as tx:
        assert projects.get_project(tx, place.caller, place.project).last_snapshot_id == saved.id
    clock.advance(DAY)
    assert autosave(place.db) == 0
    assert len(place.history()) == 2


def test_two_servers_at_once_save_once(place: Place, clock: ManualClock) -> None:
    place.report(place.shelf.put_tree(NEW))
    clock.advance(DAY + 1)
    with ThreadPoolExecutor(3) as threads:
        found = threads.map(lambda _: autosave(place.db), range(3))
        assert sum(found) == 1
    assert len(place.history()) == 2


def test_the_day_begins_with_the_first_change_and_anew_after_each_clean_moment(
    place: Place, clock: ManualClock
) -> None:
    old, new, newer = (place.shelf.put_tree(tree) for tree in (OLD, NEW, NEWER))
    for shown in (new, newer, old, new):
        place.report(shown)
        clock.advance(23 * HOUR)
    assert autosave(place.db) == 0
    place.report(newer)
    clock.advance(HOUR + 1)
    assert autosave(place.db) == 1
    assert place.history()[0].manifest_hash == newer
    place.report(new)
    clock.advance(23 * HOUR)
    place.push(OLD)
    place.report(new)
    clock.advance(2 * HOUR)
    assert autosave(place.db) == 0


def test_a_tree_that_is_uploaded_after_it_was_reported_is_dirty_from_then_on(place: Place, clock: ManualClock) -> None:
    place.report(name_of(manifest.encode(entries_of(NEW))))
    clock.advance(DAY + 1)
    assert autosave(place.db) == 0
    place.shelf.put_tree(NEW)
    assert autosave(place.db) == 0
    clock.advance(DAY + 1)
    assert autosave(place.db) == 1


def test_what_cannot_be_saved_waits_and_keeps_no_other_from_it(
    shelf: Shelf, caller: Caller, clock: ManualClock
) -> None:
    busy, incomplete, other, deleted = (Place(shelf, caller, name) for name in ("busy", "incomplete", "other", "gone"))
    tree = shelf.put_tree(NEW)
    incomplete.report(shelf.put_entries(entries_of({"a": b"never sent"})))
    for one in (busy, other, deleted):
        one.report(tree)
    with shelf.db.write() as tx:
        projects.delete_project(tx, caller, deleted.project)
    clock.advance(DAY + 1)
    assert autosave(shelf.db, busy.id) == 1
    assert [len(one.history()) for one in (busy, incomplete, other)] == [1, 1, 2]
    shelf.put(b"never sent")
    assert autosave(shelf.db) == 2
