"""Pull and restore: the tree becomes the snapshot's, and nothing unsaved is ever lost."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings

from asterism.base.errors import DomainError, NotFound
from asterism.client.bind import bind
from asterism.client.join import MergeConflicts, by_path
from asterism.client.models import Snapshot
from asterism.client.progress import Silent
from asterism.client.pull import pull
from asterism.client.restore import UnsavedEdits, discard, restore
from asterism.client.workcopy.apply import EditedMeanwhile, Obstructed, at_work
from asterism.client.workcopy.state import State
from tests.client.fake_server import FakeServer
from tests.client.test_round_trip import cloned, pushed
from tests.client.trees import TREES, build, describe


def pulled(server: FakeServer, folder: Path, take=None, mine=(), theirs=()):
    decide = by_path(take, mine, theirs)
    return pull(server.api(), State(str(folder)), decide, threads=2, progress=Silent())


def restored(server: FakeServer, folder: Path, snapshot: Snapshot, *paths: str, note: str | None = None):
    return restore(server.api(), State(str(folder)), snapshot, paths, note=note, threads=2, progress=Silent())


def discarded(server: FakeServer, folder: Path, *paths: str, added: bool = False):
    return discard(server.api(), State(str(folder)), paths, added=added, threads=2, progress=Silent())


def replace(folder: Path, tree: dict) -> None:
    """Make the folder hold `tree` and nothing else but the client's state."""
    for name in os.listdir(folder):
        if name != ".asterism":
            os.system(f"rm -rf -- {folder}/{_quoted(name)}")
    build(folder, tree)


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "'\\''") + "'"


@settings(max_examples=40, deadline=None)
@given(TREES, TREES)
def test_pull_and_restore_go_from_any_tree_to_any_other(one, other):
    server = FakeServer()
    with tempfile.TemporaryDirectory() as scratch:
        here, there = Path(scratch) / "here", Path(scratch) / "there"
        build(here, one)
        first = pushed(server, here, project="p")
        cloned(server, "p", there)
        before = describe(there)
        replace(here, other)
        second = pushed(server, here, message="second")
        pulled(server, there)
        assert describe(there) == describe(here)
        assert pulled(server, there).changed == []
        restored(server, there, first.snapshot)
        assert describe(there) == before
        restored(server, there, second.snapshot)
        assert describe(there) == describe(here)


@pytest.fixture
def pair(tmp_path):
    """A server, and two working copies of one project at its first snapshot."""
    server = FakeServer()
    tree = {"a": ("file", b"1\n", 0o644), "b": ("file", b"1\n", 0o644), "d": {"x": ("file", b"1\n", 0o644)}}
    build(tmp_path / "one", tree)
    pushed(server, tmp_path / "one", project="p")
    cloned(server, "p", tmp_path / "two")
    return server, tmp_path / "one", tmp_path / "two"


def test_edits_elsewhere_survive_a_pull(pair):
    server, one, two = pair
    (one / "a").write_bytes(b"2\n")
    pushed(server, one)
    (two / "b").write_bytes(b"mine\n")
    (two / "new").write_bytes(b"mine\n")
    (two / "d" / "x").unlink()
    done = pulled(server, two)
    assert done.changed == ["a"]
    assert done.kept_edits == ["b", "d/x", "new"]
    assert ((two / "a").read_bytes(), (two / "b").read_bytes()) == (b"2\n", b"mine\n")
    assert (two / "new").exists()
    assert not (two / "d" / "x").exists()


@pytest.mark.parametrize("how", ["edit", "delete", "type", "folder"])
def test_a_clash_is_refused_and_nothing_changes(pair, how):
    server, one, two = pair
    (one / "a").write_bytes(b"2\n")
    (one / "b").write_bytes(b"2\n")
    pushed(server, one)
    (two / "a").unlink()
    if how == "edit":
        (two / "a").write_bytes(b"mine\n")
    elif how == "type":
        (two / "a").symlink_to("elsewhere")
    elif how == "folder":
        build(two / "a", {"inside": ("file", b"mine\n", 0o644)})
    before = describe(two)
    with pytest.raises(MergeConflicts) as refused:
        pulled(server, two)
    assert refused.value.details["paths"] == ["a"]
    assert describe(two) == before


@pytest.mark.parametrize("content", [("file", b"2\n", 0o644), ("link", "a")], ids=["file", "link"])
@pytest.mark.parametrize("mine", ["d/x", "d/new"])
def test_what_came_in_place_of_a_folder_never_takes_an_edit_inside_it_along(pair, content, mine):
    server, one, two = pair
    (one / "d" / "x").unlink()
    (one / "d").rmdir()
    build(one, {"d": content})
    pushed(server, one)
    (two / mine).write_bytes(b"mine\n")
    before = describe(two)
    with pytest.raises(MergeConflicts):
        pulled(server, two)
    assert describe(two) == before


@pytest.mark.parametrize("how", ["edit", "delete", "type", "folder"])
@pytest.mark.parametrize("take", ["use_workspace", "use_main"])
def test_a_clash_is_settled_as_one_says_and_nothing_is_lost(pair, how, take):
    server, one, two = pair
    (one / "a").write_bytes(b"2\n")
    (one / "b").write_bytes(b"2\n")
    head = pushed(server, one)
    (two / "a").unlink()
    if how == "edit":
        (two / "a").write_bytes(b"mine\n")
    elif how == "type":
        (two / "a").symlink_to("elsewhere")
    elif how == "folder":
        build(two / "a", {"inside": ("file", b"mine\n", 0o644)})
    edited = describe(two)
    done = pulled(server, two, take)
    now = describe(two)
    assert now["b"][2] == b"2\n"
    assert State(str(two)).binding().base.snapshot_id == head.snapshot.id
    if take == "use_main":
        assert now == describe(one)
        assert done.kept_edits == []
        cloned(server, "p", two.parent / "saved", snapshot=done.saved)
        assert describe(two.parent / "saved") == edited
    else:
        assert done.saved is None
        assert {k: v for k, v in now.items() if k.startswith("a")} == {
            k: v for k, v in edited.items() if k.startswith("a")
        }
    pushed(server, two)


def test_lines_that_both_edited_are_joined(pair):
    server, one, two = pair
    lines = [b"%d\n" % number for number in range(30)]
    (one / "a").write_bytes(b"".join(lines))
    pushed(server, one)
    pulled(server, two)
    (one / "a").write_bytes(b"".join([b"theirs\n", *lines[1:]]))
    (one / "b").write_bytes(b"theirs\n")
    pushed(server, one)
    (two / "a").write_bytes(b"".join([*lines[:-1], b"mine"]))
    (two / "new").write_bytes(b"mine\n")
    done = pulled(server, two)
    assert (two / "a").read_bytes() == b"".join([b"theirs\n", *lines[1:-1], b"mine"])
    assert ((two / "b").read_bytes(), (two / "new").read_bytes()) == (b"theirs\n", b"mine\n")
    assert (done.merged, done.kept_edits, done.saved) == (["a"], ["a", "new"], None)
    joined = pushed(server, two)
    pulled(server, one)
    assert describe(one) == describe(two)
    assert joined.snapshot.parent_snapshot_ids == [done.snapshot_id]


def test_an_edit_follows_a_file_that_was_renamed(pair):
    server, one, two = pair
    text = b"".join(b"line %d\n" % number for number in range(40))
    (one / "a").write_bytes(text)
    pushed(server, one)
    pulled(server, two)
    (one / "a").rename(one / "renamed")
    pushed(server, one)
    (two / "a").write_bytes(text + b"mine\n")
    pulled(server, two)
    assert (two / "renamed").read_bytes() == text + b"mine\n"
    assert not (two / "a").exists()


def test_conflicts_are_answered_one_by_one(pair):
    server, one, two = pair
    for name, content in (("a", b"theirs\n"), ("b", b"theirs\n")):
        (one / name).write_bytes(content)
        (two / name).write_bytes(b"mine\n")
    pushed(server, one)
    with pytest.raises(MergeConflicts) as refused:
        pulled(server, two, mine=["a"])
    assert refused.value.details["conflicts"] == [{"path": "b", "kind": "content"}]
    done = pulled(server, two, mine=["a"], theirs=["b"])
    assert ((two / "a").read_bytes(), (two / "b").read_bytes()) == (b"mine\n", b"theirs\n")
    assert done.saved is not None
    assert done.kept_edits == ["a"]


def test_a_folder_that_is_based_on_nothing_joins_what_is_there(pair, tmp_path):
    server, _, _ = pair
    build(tmp_path / "new", {"a": ("file", b"1\n", 0o644), "mine": ("file", b"m", 0o644), "b": ("file", b"9", 0o644)})
    bind(server.api(), str(tmp_path / "new"), "p")
    with pytest.raises(MergeConflicts) as refused:
        pulled(server, tmp_path / "new")
    assert refused.value.details["conflicts"] == [{"path": "b", "kind": "add_add"}]
    done = pulled(server, tmp_path / "new", "use_workspace")
    assert (tmp_path / "new" / "d" / "x").exists()
    assert done.kept_edits == ["b", "mine"]
    assert pushed(server, tmp_path / "new").snapshot.parent_snapshot_ids == [done.snapshot_id]


def test_a_head_that_was_replaced_is_told(pair):
    server, one, two = pair
    (two / "a").write_bytes(b"2\n")
    replaced = pushed(server, two)
    (one / "b").write_bytes(b"3\n")
    pushed(server, one, force=True)
    assert pulled(server, two).replaced == replaced.snapshot.id


def test_one_file_can_be_restored(pair):
    server, one, _ = pair
    first = server.api().snapshot(next(iter(server.snapshots)))
    (one / "a").write_bytes(b"2\n")
    (one / "d" / "y").write_bytes(b"2\n")
    second = pushed(server, one)
    (one / "b").write_bytes(b"unsaved\n")
    assert restored(server, one, first, "a").changed == ["a"]
    assert ((one / "a").read_bytes(), (one / "b").read_bytes()) == (b"1\n", b"unsaved\n")
    assert State(str(one)).binding().base.snapshot_id == second.snapshot.id
    with pytest.raises(UnsavedEdits, match="b"):
        restored(server, one, first, "b")
    saved = restored(server, one, first, "b", "d", note="kept").saved
    assert (one / "b").read_bytes() == b"1\n"
    assert not (one / "d" / "y").exists()
    assert server.snapshots[saved]["summary"] == "kept"
    with pytest.raises(NotFound, match="nope"):
        restored(server, one, first, "nope")


def test_edits_can_be_taken_back(pair):
    server, one, _ = pair
    before = describe(one)
    (one / "a").write_bytes(b"2\n")
    (one / "b").unlink()
    (one / "d" / "new").write_bytes(b"mine\n")
    (one / "d" / "x").chmod(0o755)
    done = discarded(server, one, "a", "d")
    assert (done.changed, done.left) == (["a", "d/x"], ["d/new"])
    assert not (one / "b").exists()
    assert (one / "d" / "new").exists()
    with pytest.raises(NotFound, match="not edited"):
        discarded(server, one, "a")
    discarded(server, one, "", added=True)
    assert describe(one) == before
    assert discarded(server, one, "").changed == []


def test_restore_refuses_any_edit(pair):
    server, one, two = pair
    (one / "a").write_bytes(b"2\n")
    first = pushed(server, one)
    (two / "new").write_bytes(b"mine\n")
    before = describe(two)
    with pytest.raises(UnsavedEdits):
        restored(server, two, first.snapshot)
    assert describe(two) == before


def test_ignored_files_are_left_alone_and_never_overwritten(pair):
    server, one, two = pair
    (one / ".gitignore").write_bytes(b"*.o\ncache\n")
    done = pushed(server, one)
    pulled(server, two)
    (two / "d" / "x.o").write_bytes(b"mine")
    build(two / "cache", {"c": ("file", b"mine", 0o644)})
    (one / "d" / "x").unlink()
    (one / "d").rmdir()
    pushed(server, one)
    pulled(server, two)
    assert (two / "d" / "x.o").read_bytes() == b"mine"
    assert (two / "cache" / "c").read_bytes() == b"mine"
    (one / ".gitignore").unlink()
    (one / "cache").write_bytes(b"theirs")
    pushed(server, one)
    with pytest.raises(Obstructed, match="cache"):
        pulled(server, two)
    assert (two / "cache" / "c").read_bytes() == b"mine"
    assert done.created


def test_nothing_is_written_through_a_link(pair, tmp_path):
    server, one, two = pair
    outside = tmp_path / "outside"
    outside.mkdir()
    (one / "d" / "y").write_bytes(b"new")
    pushed(server, one)
    (two / ".gitignore").write_bytes(b"")
    os.rename(two / "d", tmp_path / "d")
    (two / "d").symlink_to(outside)
    with pytest.raises(DomainError):
        pulled(server, two)
    assert list(outside.iterdir()) == []


class Cut(BaseException):
    """The process ends here."""


class CutOff(Silent):
    """Hears of the steps that change the tree, and cuts the command off after so many."""

    def __init__(self, steps: int) -> None:
        self.left, self.counting = steps, False

    def start(self, what: str, total: int, *, items: bool = False) -> None:
        self.counting = what == "Changing"
        self.advance(0)

    def advance(self, amount: int) -> None:
        if self.counting:
            self.left -= amount
            if self.left == 0:
                raise Cut


def test_cut_off_at_any_step_it_is_finished_by_the_next_command(pair, tmp_path):
    server, one, two = pair
    replace(
        one,
        {
            "a": ("file", b"2" * 5000, 0o755),
            "b": {"now": ("file", b"a folder", 0o644)},
            "l": ("link", "a"),
            "n": ("file", b"new", 0o644),
        },
    )
    second = pushed(server, one, message="second")
    after, before = describe(one), describe(two)
    cut_at = 0
    finished = False
    while not finished:
        copy = tmp_path / f"copy{cut_at}"
        os.system(f"cp -a {two} {copy}")
        finished = run_until(server, copy, second.snapshot, cut_at)
        seen = describe(copy)
        for path, what in seen.items():
            assert what in (before.get(path), after.get(path)), path
        with at_work(State(str(copy))):
            pass
        assert describe(copy) in (before, after)
        restored(server, copy, second.snapshot)
        assert describe(copy) == after
        cut_at += 1
    assert cut_at > 8


def run_until(server: FakeServer, copy: Path, snapshot: Snapshot, steps: int) -> bool:
    """Restore `copy`, cut off after so many steps; returns whether it came to its end before that."""

    state = State(str(copy))
    try:
        restore(server.api(), state, snapshot, (), note=None, threads=2, progress=CutOff(steps))
    except Cut:
        return False
    return state.read_journal() is None


def test_an_edit_after_the_cut_is_left_alone(pair):
    server, one, two = pair
    (one / "a").write_bytes(b"2\n")
    (one / "b").write_bytes(b"2\n")
    second = pushed(server, one)
    assert not run_until(server, two, second.snapshot, 0)
    (two / "b").write_bytes(b"mine\n")
    with pytest.raises(EditedMeanwhile, match="b"):
        pulled(server, two)
    assert ((two / "a").read_bytes(), (two / "b").read_bytes()) == (b"2\n", b"mine\n")
    assert pulled(server, two).kept_edits == ["b"]
