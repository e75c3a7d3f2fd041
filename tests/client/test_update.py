"""Pull and restore: the tree becomes the snapshot's, and nothing unsaved is ever lost."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings

from asterism.base.errors import DomainError
from asterism.client.models import Snapshot
from asterism.client.progress import Silent
from asterism.client.update import UnsavedEdits, pull, restore
from asterism.client.workcopy import apply
from asterism.client.workcopy.apply import EditedMeanwhile, Obstructed, at_work
from asterism.client.workcopy.state import State
from tests.client.fake_server import FakeServer
from tests.client.test_round_trip import cloned, pushed
from tests.client.trees import TREES, build, describe


def pulled(server: FakeServer, folder: Path):
    return pull(server.api(), State(str(folder)), threads=2, progress=Silent())


def restored(server: FakeServer, folder: Path, snapshot: Snapshot):
    return restore(server.api(), State(str(folder)), snapshot, threads=2, progress=Silent())


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
    with pytest.raises(UnsavedEdits):
        pulled(server, two)
    assert describe(two) == before


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

    class CutWalker(apply._Walker):
        left = steps

        def take(self, step):
            if CutWalker.left == 0:
                raise Cut
            CutWalker.left -= 1
            return super().take(step)

    state = State(str(copy))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apply, "_Walker", CutWalker)
        try:
            restored(server, copy, snapshot)
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
