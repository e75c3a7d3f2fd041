"""Garbage collection never takes what is referenced, used lately, or just being uploaded; and gives the rest back."""

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from asterism.base.errors import Invalid
from asterism.base.ids import ulid
from asterism.features.versions import storage
from asterism.features.versions.storage import CollectionRunning, CollectionUnsafe, store
from asterism.features.versions.storage.leases import SECONDS
from asterism.features.versions.storage.sweep_store import take_lease
from asterism.kernel.runs import this_process
from tests.support.shelf import Shelf
from tests.support.trees import entries_of, name_of


def test_orphans_go_and_what_is_referenced_stays(shelf: Shelf) -> None:
    shelf.put_tree({"a": b"kept", "d/b": b"kept too"})
    shelf.put_tree({"a": b"kept", "c": b"dropped"}, root=False)
    shelf.put(b"loose", b"held")
    shelf.held.add(name_of(b"held"))
    dry = shelf.collect(dry_run=True)
    assert (dry.scanned_blobs, dry.orphaned_blobs, dry.freed_bytes) == (5, 2, len(b"droppedloose"))
    assert (dry.scanned_manifests, dry.orphaned_manifests, dry.deleted_manifests) == (2, 1, 0)
    assert dry.deleted_blobs == 0
    assert shelf.has(b"dropped", b"loose") == [True, True]
    done = shelf.collect()
    assert (done.orphaned_blobs, done.deleted_blobs, done.freed_bytes) == (2, 2, dry.freed_bytes)
    assert (done.deleted_manifests, done.freed_manifest_bytes) == (1, dry.freed_manifest_bytes)
    assert shelf.has(b"kept", b"kept too", b"held", b"dropped", b"loose") == [True, True, True, False, False]
    assert [shelf.read(content) for content in (b"kept", b"kept too", b"held")] == [b"kept", b"kept too", b"held"]
    again = shelf.collect()
    assert (again.orphaned_blobs, again.deleted_blobs, again.deleted_manifests) == (0, 0, 0)


def test_usage_follows(shelf: Shelf) -> None:
    shelf.put_tree({"a": b"12345"})
    shelf.put_tree({"b": b"123"}, root=False)
    shelf.collect()
    with shelf.db.read() as tx:
        used = storage.usage(tx, shelf.user)
        assert used.manifest_bytes == store.tree_bytes(tx, shelf.user) > 0
    assert (used.blob_count, used.blob_bytes, used.manifest_count) == (1, 5, 1)
    assert len(shelf.objects()) == 1  # the pack: a manifest in the canonical form has no object


def test_a_manifest_that_has_an_object_counts_with_it(shelf: Shelf) -> None:
    kept = shelf.put_odd({"a": b"1"})
    shelf.put_odd({"b": b"1"}, root=False)
    dry = shelf.collect(dry_run=True)
    assert dry.freed_manifest_bytes == shelf.collect().freed_manifest_bytes
    with shelf.db.read() as tx:
        used = storage.usage(tx, shelf.user)
        assert used.manifest_bytes == len(shelf.manifest_bytes(kept)) + store.tree_bytes(tx, shelf.user)
    assert len(shelf.objects()) == 2


def test_what_was_used_lately_is_protected(shelf: Shelf) -> None:
    shelf.put(b"old", b"asked for", b"sent again", b"named")
    shelf.clock.advance(3600)
    with shelf.db.write() as tx:
        storage.keep(tx, shelf.user, [name_of(b"asked for")])
    shelf.put(b"sent again", b"new")
    shelf.put_entries(entries_of({"x": b"named"}))
    shelf.clock.advance(10)
    done = shelf.collect(age=60)
    assert (done.orphaned_blobs, done.protected_blobs, done.deleted_blobs) == (4, 3, 1)
    assert shelf.has(b"old", b"asked for", b"sent again", b"new", b"named") == [False, True, True, True, True]
    shelf.clock.advance(60)
    assert shelf.collect(age=60).deleted_blobs == 4


def test_the_sweep_is_limited_and_goes_on_from_a_cursor(shelf: Shelf) -> None:
    contents = [bytes([n]) for n in range(7)]
    shelf.put(*contents)
    one = shelf.collect(max_blobs=1)
    assert (one.scanned_blobs, one.deleted_blobs) == (1, 1)
    assert one.next_cursor is not None
    two = shelf.collect(max_blobs=4, cursor=one.next_cursor)
    three = shelf.collect(max_blobs=4, cursor=two.next_cursor)
    assert (two.deleted_blobs, three.deleted_blobs, three.next_cursor) == (4, 2, None)
    assert shelf.has(*contents) == [False] * 7
    with pytest.raises(Invalid):
        shelf.collect(cursor="nonsense")


def test_a_referenced_manifest_that_vanished_stops_everything(shelf: Shelf) -> None:
    shelf.put(b"loose")
    shelf.roots.add("f" * 64)
    for dry in (True, False):
        with pytest.raises(CollectionUnsafe) as caught:
            shelf.collect(dry_run=dry)
        assert caught.value.details == {"manifests": ["f" * 64]}
    assert shelf.has(b"loose") == [True]


@pytest.mark.parametrize("damage", ["remove", "cut", "alter"])
def test_a_referenced_manifest_that_cannot_be_read_stops_everything(
    shelf: Shelf, memory_path: Path, damage: str
) -> None:
    name = shelf.put_odd({"a": b"kept"})
    shelf.put(b"loose")
    file = next(memory_path.rglob(f"{name}*"))
    data = file.read_bytes()
    if damage == "remove":
        file.unlink()
    else:
        file.write_bytes(data[:-1] if damage == "cut" else data.replace(b"kept"[:1], b"K", 1).replace(b"a", b"b", 1))
    with pytest.raises(CollectionUnsafe):
        shelf.collect()
    assert shelf.has(b"loose", b"kept") == [True, True]


def test_two_collections_of_one_storage_take_turns(shelf: Shelf) -> None:
    with shelf.db.write() as tx:
        assert take_lease(tx, shelf.user, "another")
    with pytest.raises(CollectionRunning):
        shelf.collect()
    shelf.clock.advance(601)  # its process was killed
    shelf.collect()


def test_a_collection_whose_process_died_blocks_nobody(shelf: Shelf) -> None:
    program = "from asterism.kernel.runs import this_process; print(this_process())"
    dead = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    shelf.put(b"loose")
    with shelf.db.write() as tx:
        assert take_lease(tx, shelf.user, dead)
    assert shelf.collect().deleted_blobs == 1
    with shelf.db.write() as tx:
        assert take_lease(tx, shelf.user, this_process())  # of this very process, which lives
    with pytest.raises(CollectionRunning):
        shelf.collect()


def test_a_collection_of_a_lost_machine_blocks_for_ninety_seconds_after_its_last_beat(shelf: Shelf) -> None:
    shelf.put(b"loose")
    lost = "elsewhere/4711.99/01ARZ3NDEKTSV4RRFFQ69G5FAV"
    for pause in (0, 60):  # it took the right, prolonged it once, and was heard of no more
        shelf.clock.advance(pause)
        with shelf.db.write() as tx:
            assert take_lease(tx, shelf.user, lost, SECONDS)
    shelf.clock.advance(SECONDS)
    with pytest.raises(CollectionRunning):
        shelf.collect()
    shelf.clock.advance(1)
    assert shelf.collect().deleted_blobs == 1


def test_a_pack_that_is_mostly_dead_is_rewritten(shelf: Shelf) -> None:
    live = b"live" * 10
    shelf.put(live, *(bytes([n]) * 50 for n in range(100)))
    shelf.roots.add(shelf.put_entries(entries_of({"a": live})))
    before = shelf.objects()
    shelf.collect()
    after = shelf.objects()
    assert len(after) == len(before)
    assert after != before
    assert sum(shelf.blobs.size(key) or 0 for key in after if "/blobs/" in key) == len(live)
    assert shelf.read(live) == live


def test_objects_that_were_never_registered_are_removed_after_a_day(shelf: Shelf) -> None:
    shelf.put_tree({"a": b"kept"})
    old, young = ulid(1_500_000_000_000), ulid()
    for name in (f"blobs/x/{old}", f"manifests/ab/abcd.{old}.json", f"blobs/x/{young}", "blobs/x/not-ours"):
        shelf.blobs.put(f"{shelf.user}/{name}", b"stray")
    shelf.collect()
    left = [key for key in shelf.objects() if shelf.blobs.get(key) == b"stray"]
    assert left == [f"{shelf.user}/blobs/x/{young}", f"{shelf.user}/blobs/x/not-ours"]
    assert shelf.read(b"kept") == b"kept"


def test_the_same_content_can_come_back(shelf: Shelf) -> None:
    for _ in range(3):
        name = shelf.put_tree({"a": b"again", "d/e": b"and again"}, root=False)
        with shelf.db.read() as tx:
            assert storage.require_complete(tx, shelf.user, name).files == 2
            assert len(storage.changes(tx, shelf.user, None, name)) == 2
        assert shelf.collect().deleted_blobs == 2


def test_a_manifest_is_told_when_its_blobs_were_collected(shelf: Shelf) -> None:
    shelf.put(b"gone")
    shelf.collect()
    name = shelf.put_entries(entries_of({"a": b"gone"}))
    with shelf.db.read() as tx:
        assert storage.manifest(tx, shelf.user, name).missing == 1


def test_what_comes_in_the_moment_of_a_collection_is_whole(shelf: Shelf) -> None:
    tree = {"a": b"before", "d/b": b"too", "e/f/c": b"new"}
    shelf.put_tree({"a": b"before", "d/b": b"too"}, root=False)
    came: list[str] = []
    shelf.collect(meanwhile=lambda: came.append(shelf.put_tree(tree, root=False)))  # its use is no younger than the cut
    (name,) = came
    shelf.roots.add(name)
    shelf.collect()
    with shelf.db.read() as tx:
        assert storage.require_complete(tx, shelf.user, name).files == 3
    assert [shelf.read(content) for content in tree.values()] == list(tree.values())


def test_collections_racing_with_pushes_lose_nothing(shelf: Shelf) -> None:
    """Push trees that share content while collections without any grace time run."""
    stop = threading.Event()
    failures: list[BaseException] = []

    def sweep() -> None:
        while not stop.is_set():
            try:
                shelf.collect(age=5)
            except BaseException as error:
                failures.append(error)
                return

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    dice = random.Random(7)
    trees = []
    try:
        for _ in range(12):
            shelf.clock.advance(1)
            tree = {f"d{dice.randrange(3)}/f{n}": b"%d" % dice.randrange(20) for n in range(6)}
            trees.append(tree)
            shelf.put_tree(tree, root=dice.random() < 0.6)
    finally:
        stop.set()
        sweeper.join()
    assert not failures, failures
    shelf.collect()
    with shelf.db.read() as tx:
        for name in shelf.roots:
            assert storage.require_complete(tx, shelf.user, name)
            for change in storage.changes(tx, shelf.user, None, name):
                assert change.new is not None
                assert name_of(storage.content(tx, shelf.blobs, shelf.user, change.new.hash)) == change.new.hash
