"""Looking at, watching and removing trees that strangers change."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from asterism.kernel.workcopy import reach
from asterism.kernel.workcopy.hashing import Unreadable
from asterism.kernel.workcopy.listing import list_folder
from asterism.kernel.workcopy.names import BadName
from asterism.kernel.workcopy.removal import remove_tree
from asterism.kernel.workcopy.rules import Policy
from asterism.kernel.workcopy.scan import TreeTooLarge
from asterism.kernel.workcopy.statcache import FORMAT, Cache, empty, sign
from asterism.kernel.workcopy.walk import look
from asterism.kernel.workcopy.watch import Touched, Watch

WARY = Policy(wary=True)


def seen(top: Path, cache: Cache, touched: set[str] | None = None) -> set[str]:
    """Return what a look at some folders finds, hashes and all."""
    scan = look(str(top), cache, policy=WARY, touched=touched)
    scan.hash_rest(threads=1)
    return {entry.path for entry in scan.entries()}


@pytest.fixture
def top(tmp_path: Path) -> Path:
    place = tmp_path / "top"
    for name in ("a", "b/deep"):
        (place / name).mkdir(parents=True)
        (place / name / "file").write_bytes(b"x\n")
    return place


def test_a_folder_that_becomes_a_link_leads_nowhere(top: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/file").write_bytes(b"secret\n")
    os.rename(top / "b", tmp_path / "gone")
    (top / "b").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="b"):
        reach.open_file(str(top), "b/file")
    with pytest.raises(OSError, match="b"), reach.folder(str(top), "b"):
        pass


def test_a_pipe_is_no_file_and_nobody_waits_for_it(top: Path) -> None:
    os.mkfifo(top / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        reach.open_file(str(top), "pipe")


def test_a_wary_look_under_fire_ends_and_tells_nothing_of_other_places(top: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/key").write_bytes(b"secret\n")
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            os.rename(top / "a", tmp_path / "aside")
            (top / "a").symlink_to(tmp_path / "secret")
            (top / "a").unlink()
            os.rename(tmp_path / "aside", top / "a")

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        for _ in range(300):
            with suppress(Unreadable):  # it was a link at that moment
                assert "a/key" not in seen(top, empty())
    finally:
        stop.set()
        thread.join()


def test_only_touched_folders_are_visited(top: Path) -> None:
    scan = look(str(top), empty(), policy=WARY)
    scan.hash_rest(threads=1)
    cache = scan.as_cache("")
    (top / "a/new").write_bytes(b"n\n")
    (top / "b/deep/new").write_bytes(b"n\n")
    assert seen(top, cache, {"a"}) == {"a", "a/file", "a/new", "b", "b/deep", "b/deep/file"}
    assert "b/deep/new" in seen(top, cache)


def test_rules_that_change_reach_folders_that_were_not_touched(top: Path) -> None:
    scan = look(str(top), empty(), policy=WARY)
    scan.hash_rest(threads=1)
    (top / ".gitignore").write_bytes(b"deep/\n")
    assert seen(top, scan.as_cache(""), {""}) == {".gitignore", "a", "a/file", "b"}


def test_a_strict_look_refuses_what_a_wary_one_passes_over(top: Path) -> None:
    (top / os.fsdecode(b"\xff")).write_bytes(b"")
    with pytest.raises(BadName):
        look(str(top), Cache(FORMAT, "", {}))
    assert look(str(top), empty(), policy=WARY).special == [os.fsdecode(b"\xff")]


def test_a_look_ends_where_there_is_too_much(top: Path) -> None:
    with pytest.raises(TreeTooLarge) as caught:
        look(str(top), empty(), policy=Policy(most=3))
    assert caught.value.count == 4
    assert look(str(top), empty(), policy=Policy(most=5)).special == []


@pytest.fixture
def watch(top: Path) -> Iterator[Watch]:
    with closing(Watch(str(top))) as watch:
        if watch.blind:
            pytest.skip("this system cannot watch folders")
        watch.follow(["", "a", "b", "b/deep", "not/there"])
        yield watch


def test_a_watch_names_the_folders_in_which_something_changed(top: Path, watch: Watch) -> None:
    assert watch.touched() == Touched()
    (top / "b/deep/file").write_bytes(b"y\n")
    (top / "a/file").chmod(0o600)
    assert watch.touched() == Touched({"a", "b/deep"})
    (top / "b/deep/file").unlink()
    (top / "new").mkdir()
    (top / "new").chmod(0o700)
    assert watch.touched() == Touched({"", "b/deep"}, {"new"})
    assert watch.touched() == Touched()
    assert watch.follow(["", "new"]) == {"new"}


def test_a_folder_that_was_moved_is_watched_no_more(top: Path, watch: Watch) -> None:
    os.rename(top / "b", top / "c")
    (top / "c/deep/file").write_bytes(b"y\n")
    (top / "a/file").write_bytes(b"y\n")
    assert watch.touched() == Touched({"", "a"}, {"c"}, {"b"})
    (top / "c/deep/file").write_bytes(b"z\n")
    assert watch.touched() == Touched()
    assert watch.follow(["c", "c/deep", "a"]) == {"c", "c/deep"}
    (top / "c/deep/file").write_bytes(b"z\n")
    assert watch.touched() == Touched({"c/deep"})


@pytest.mark.parametrize("how", ["renamed over", "made again"])
def test_a_folder_that_somebody_holds_open_is_watched_no_more_when_another_takes_its_place(
    top: Path, watch: Watch, how: str
) -> None:
    (top / "a/file").unlink()
    with reach.folder(str(top), "a"):
        if how == "renamed over":
            os.rename(top / "b/deep", top / "a")
        else:
            (top / "a").rmdir()
            (top / "a").mkdir()
        assert "a" in (watch.touched() or ())
        assert watch.follow(["a"]) == {"a"}
        (top / "a/file").write_bytes(b"y\n")
        assert watch.touched() == Touched({"a"})


def test_a_watch_that_lost_its_top_tells_nothing(top: Path, watch: Watch) -> None:
    remove_tree(top)
    assert watch.touched() is None
    assert watch.blind


def test_removal_reaches_any_depth_and_follows_no_link(tmp_path: Path) -> None:
    keep = tmp_path / "keep"
    keep.mkdir()
    (keep / "file").write_bytes(b"x")
    top = tmp_path / "top"
    top.mkdir()
    (top / "link").symlink_to(keep)
    here = os.open(top, os.O_RDONLY)
    try:
        for _ in range(3000):  # deeper than any path can name
            os.mkdir("d" * 10, dir_fd=here)
            inner = os.open("d" * 10, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
    finally:
        os.close(here)
    (top / "closed").mkdir()
    (top / "closed/file").write_bytes(b"x")
    (top / "closed").chmod(0)
    remove_tree(top)
    assert not top.exists()
    assert (keep / "file").exists()
    remove_tree(top)
    remove_tree(keep / "file")
    assert not (keep / "file").exists()


@pytest.mark.parametrize("time", [-(10**9), 0, 2**62, 2**63 + 2**40])
def test_a_listing_signs_files_of_any_time_as_they_are_signed_alone(top: Path, time: int) -> None:
    os.utime(top / "a/file", ns=(time, time))
    with reach.folder(str(top), "a") as place:
        assert list_folder(place) == (["file"], sign((top / "a/file").lstat()), False)
