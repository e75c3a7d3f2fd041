"""A tree that is watched looks the same as one that is not, whatever is done to it and when."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asterism.client.look import Look, tracked_paths
from asterism.client.progress import Silent
from asterism.client.tree import Tree, read_tree
from asterism.client.workcopy.state import Base, Binding, State
from asterism.client.workcopy.watching.messages import Answer, Question
from asterism.client.workcopy.watching.mounts import mounts_at, obstacle
from asterism.client.workcopy.watching.news import is_untouched
from asterism.client.workcopy.watching.watcher import Watcher
from asterism.kernel.workcopy.hashing import Unreadable
from asterism.kernel.workcopy.scan import Scan
from asterism.kernel.workcopy.scouts import Scouts
from asterism.kernel.workcopy.statcache import Cache, empty
from asterism.kernel.workcopy.walk import look
from asterism.vcs.manifest import Entry
from tests.support.crews import beside

Step = tuple[Any, ...]
FOLDERS = ["a", "b", "a/c", "b/c", "a/c/d", "x", "x/y"]
FILES = [f"{folder}/{name}" for folder in ["a", "b", "a/c", "a/c/d"] for name in "fg"] + ["f", "g"]
ANYWHERE = FOLDERS + FILES + ["x/f", "x/y/f"]
OPERATIONS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from([*FILES, "x/f", "x/y/f"]), st.sampled_from([b"1", b"2", b"33"])),
    st.tuples(st.just("remove"), st.sampled_from(ANYWHERE)),
    st.tuples(st.just("make"), st.sampled_from(FOLDERS)),
    st.tuples(st.just("fill"), st.sampled_from(FOLDERS)),
    st.tuples(st.just("rename"), st.sampled_from(ANYWHERE), st.sampled_from(ANYWHERE)),
    st.tuples(st.just("take_out"), st.sampled_from(ANYWHERE)),
    st.tuples(st.just("put_back"), st.sampled_from(ANYWHERE)),
    st.tuples(st.just("take_around"), st.sampled_from(ANYWHERE)),
    st.tuples(st.just("link"), st.sampled_from(FILES), st.sampled_from(ANYWHERE)),
    st.tuples(st.just("second_name"), st.sampled_from(FILES), st.sampled_from(FILES)),
    st.tuples(st.just("mode"), st.sampled_from(ANYWHERE), st.sampled_from([0o700, 0o755])),
    st.tuples(st.just("ignore"), st.sampled_from(["", "a/", "a/c/"]), st.sampled_from([b"x/\n", b"x/\nf\n", b""])),
)
STEPS = st.one_of(
    OPERATIONS,
    st.tuples(st.just("look"), st.booleans()),
    st.tuples(st.just("look_amid"), OPERATIONS, OPERATIONS, st.booleans()),
    st.tuples(st.just("settle")),
    st.tuples(st.just("look_alone"), st.booleans()),
    st.tuples(st.just("lose_the_way")),
)
NOTHING = ("remove", "x/y/f")
MOVED_AND_BACK = [("fill", "a/c"), ("look", True), ("take_out", "a/c"), ("put_back", "a/c")]
TWO_NAMES = [("write", "a/f", b"1"), ("make", "b"), ("look", True), ("second_name", "a/f", "b/f"), ("look", True)]


def unwatched(_: Question) -> None:
    """Answer like a watcher that is not there."""


def unscouted(_top: str, _cache: Cache) -> None:
    """Send nobody ahead."""


class Playground:
    """A bound folder that is watched, and everything that may happen to it."""

    def __init__(self, scratch: Path) -> None:
        self.top, self.outside = scratch / "top", scratch / "outside"
        self.top.mkdir()
        self.outside.mkdir()
        self.fill("a/c")
        self.ignore("", b"x/\n")
        self.state = State(str(self.top))
        self.state.save(Binding("http://127.0.0.1:1", "p", "p", "w", "w"))
        self.watcher = Watcher(str(self.top), self.full_look().folders)
        self.ask: Callable[[Question], Answer | None] = self.watcher.answer

    def full_look(self) -> Scan:
        return look(str(self.top), empty(), lambda: tracked_paths(self.state))

    def tree(self, *, save: bool) -> Tree:
        tree = read_tree(self.state, threads=1, progress=Silent(), ask=self.ask)
        if save:
            tree.remember(self.state)
        return tree

    def look(self, save: bool) -> None:
        whole = self.full_look()
        whole.hash_rest(threads=1)
        base = self.state.bound().base
        untouched = base is not None and is_untouched(self.state, base.manifest_hash, self.ask)
        tree = self.tree(save=save)
        assert by_path(tree.entries()) == by_path(whole.entries())
        self.look_with_scouts()
        assert not untouched or (base is not None and tree.is_same_as(base.manifest_hash))

    def look_with_scouts(self) -> None:
        """Look with others ahead, and hold what they found against one look at everything."""
        alone = look(str(self.top), Look(self.state, unwatched, unscouted).cache, lambda: tracked_paths(self.state))
        with Look(self.state, unwatched, lambda top, cache: Scouts(top, cache, 2, beside)) as begun:
            together = begun.finish()
        assert together.folders == alone.folders
        assert together.changed == alone.changed
        assert together.pending == alone.pending
        assert together.visited <= alone.visited

    def settle(self) -> None:
        """Make the tree that of the base, as a push does; then nothing has to be looked at to see that it is."""
        tree = self.tree(save=False)
        binding = self.state.bound()
        binding.base = Base("s", tree.manifest_hash)
        self.state.keep_manifest(tree.manifest)
        self.state.save(binding)
        self.tree(save=True)
        self.tree(save=True)
        entries = self.full_look()
        assert entries.shared or is_untouched(self.state, binding.base.manifest_hash, self.ask)

    def look_amid(self, first: Step, second: Step, save: bool) -> None:
        """Look while things happen: one right after the watcher was asked, one before it follows what was found."""

        def ask(question: Question) -> Answer | None:
            if question.follow is not None:
                self.take(second)
                return self.watcher.answer(question)
            answer = self.watcher.answer(question)
            self.take(first)
            return answer

        self.ask = ask
        try:
            with suppress(Unreadable):
                self.tree(save=save)
        finally:
            self.ask = self.watcher.answer

    def look_alone(self, save: bool) -> None:
        """Look, and find the watcher gone when it is to follow what was found."""
        self.ask = lambda question: self.watcher.answer(question) if question.follow is None else None
        self.tree(save=save)
        self.ask = self.watcher.answer

    def lose_the_way(self) -> None:
        """Have a new session begin, as when the system's queue overflows."""
        self.watcher.begin_anew()

    def take(self, step: Step) -> None:
        name, *values = step
        getattr(self, name)(*values)

    def write(self, path: str, content: bytes) -> None:
        with suppress(OSError):
            (self.top / path).write_bytes(content)

    def remove(self, path: str) -> None:
        with suppress(OSError):
            (self.top / path).unlink()
        shutil.rmtree(self.top / path, ignore_errors=True)

    def make(self, path: str) -> None:
        with suppress(OSError):
            (self.top / path).mkdir(parents=True)

    def fill(self, path: str) -> None:
        self.make(path)
        for name in ("f", "d/f"):
            with suppress(OSError):
                (self.top / path / name).parent.mkdir(exist_ok=True)
                (self.top / path / name).write_bytes(b"new")

    def rename(self, path: str, to: str) -> None:
        with suppress(OSError):
            os.rename(self.top / path, self.top / to)

    def take_out(self, path: str) -> None:
        with suppress(OSError):
            os.rename(self.top / path, self.outside / "kept")

    def put_back(self, path: str) -> None:
        with suppress(OSError):
            if (self.outside / "kept").is_dir():
                (self.outside / "kept" / "g").write_bytes(b"other")
            os.rename(self.outside / "kept", self.top / path)

    def take_around(self, path: str) -> None:
        if not (self.outside / "kept").exists():
            self.take_out(path)
            self.put_back(path)

    def link(self, path: str, to: str) -> None:
        with suppress(OSError):
            (self.top / path).symlink_to(to)

    def second_name(self, path: str, to: str) -> None:
        with suppress(OSError):
            os.link(self.top / path, self.top / to)

    def mode(self, path: str, mode: int) -> None:
        with suppress(OSError):
            os.chmod(self.top / path, mode)

    def ignore(self, folder: str, rules: bytes) -> None:
        self.write(f"{folder}.gitignore", rules)


def by_path(entries: list[Entry]) -> dict[str, Entry]:
    return {entry.path: entry for entry in entries}


@pytest.fixture(autouse=True)
def _watchable(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("folders are watched on Linux only")
    if reason := obstacle(mounts_at(str(tmp_path))):
        pytest.skip(f"the folder of the tests is not watched: {reason}")


@settings(max_examples=150, deadline=None)
@example([("fill", "b"), ("look_amid", NOTHING, ("write", "b/f", b"33"), True)])
@example([("fill", "b"), ("look_amid", NOTHING, ("take_around", "a/c"), True)])
@example([("take_around", "a"), ("mode", "a", 0o700)])
@example([*MOVED_AND_BACK, ("look", True), ("write", "a/c/f", b"33")])
@example([*MOVED_AND_BACK, ("look_amid", NOTHING, ("write", "a/c/f", b"33"), True)])
@example([("fill", "a/c"), ("look", True), ("take_out", "a"), ("fill", "a"), ("look", True), ("write", "a/d/f", b"33")])
@example([*TWO_NAMES, ("write", "b/f", b"33")])
@example([*TWO_NAMES, ("look", False), ("write", "b/f", b"33"), ("look", True), ("write", "a/f", b"2")])
@example([("lose_the_way",), ("look_alone", True), ("write", "a/c/f", b"33")])
@example([("lose_the_way",), ("look", True), ("look", True), ("write", "a/c/f", b"33")])
@example([("settle",), ("look", False), ("write", "a/c/f", b"2"), ("look", False), ("look", False), ("look", True)])
@example([("settle",), ("lose_the_way",), ("write", "a/c/f", b"2"), ("look", False)])
@example([("fill", "x"), ("look", True), ("ignore", "", b""), ("look", True), ("write", "x/f", b"33")])
@given(st.lists(STEPS, max_size=30))
def test_any_tree_looks_as_without_a_watcher(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        ground = Playground(Path(scratch))
        try:
            for step in [("look", True), ("look", False), *steps, ("look", False), ("look", True), ("look", False)]:
                ground.take(step)
        finally:
            ground.watcher.close()
