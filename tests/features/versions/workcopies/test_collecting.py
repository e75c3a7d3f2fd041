"""What an agent leaves in its copy, and what becomes of it (Fastest 8.6)."""

import os
import shutil
import socket
import stat
from pathlib import Path

import pytest

from asterism.features.versions import storage, workspaces
from asterism.features.versions.workcopies import (
    CopyExists,
    CopyGone,
    FileChange,
    TooManyFiles,
    UnknownCopy,
    WorkingCopies,
)
from asterism.features.versions.workcopies.policy import LEFT_OUT
from asterism.features.versions.workspaces import NewWorkspace
from asterism.vcs.manifest import Entry
from tests.features.versions.workcopies.conftest import START, Desk, on_disk
from tests.support.trees import entries_of, name_of


def test_a_copy_holds_the_working_tree(desk: Desk) -> None:
    copy = desk.open()
    assert on_disk(copy.folder) == START
    assert os.readlink(copy.folder / "now") == "a.py"
    assert stat.S_IMODE((copy.folder / "run.sh").stat().st_mode) == 0o755
    assert copy.about.start == desk.start


def test_the_uncommitted_work_of_the_workspace_is_what_is_checked_out(desk: Desk) -> None:
    desk.show({"other.txt": b"dirty\n"})
    assert on_disk(desk.open().folder) == {"other.txt": b"dirty\n"}


def test_nothing_changed_is_nothing_new(desk: Desk) -> None:
    before = desk.look()
    collected, settled = desk.finish(desk.open())
    assert (collected.tree, collected.changes, collected.warnings) == (desk.start, (), ())
    assert (settled.tree, settled.snapshot_id) == (desk.start, None)
    assert desk.look() == before


def test_every_kind_of_change_is_collected(desk: Desk) -> None:
    copy = desk.open()
    (copy.folder / "a.py").write_bytes(b"one\n2\nthree\nfour\n")
    (copy.folder / "b/d.bin").write_bytes(b"\x00\x02")
    (copy.folder / "run.sh").unlink()
    (copy.folder / "new").mkdir()
    (copy.folder / "new/tool").write_bytes(b"#!/bin/sh\n")
    (copy.folder / "new/tool").chmod(0o700)
    (copy.folder / "now").unlink()
    (copy.folder / "now").symlink_to("b/c.md")
    collected, _ = desk.finish(copy)
    assert collected.changes == (
        FileChange("a.py", "modified", 2, 1),
        FileChange("b/d.bin", "modified"),
        FileChange("new/tool", "added", 1, 0),
        FileChange("now", "modified", 1, 1),
        FileChange("run.sh", "deleted", 0, 1),
    )
    found = desk.entries(collected.tree)
    assert found["new/tool"].mode == 0o755
    assert found["now"] == Entry(type="symlink", path="now", target="b/c.md")
    assert desk.content(collected.tree) == {
        "a.py": b"one\n2\nthree\nfour\n",
        "b/c.md": b"text\n",
        "b/d.bin": b"\x00\x02",
        "new/tool": b"#!/bin/sh\n",
    }


def test_an_executable_bit_alone_is_a_change_and_other_bits_are_none(desk: Desk) -> None:
    copy = desk.open()
    (copy.folder / "a.py").chmod(0o700)
    (copy.folder / "b/c.md").chmod(0o600)
    collected, _ = desk.finish(copy)
    assert [(one.path, one.change, one.additions) for one in collected.changes] == [("a.py", "modified", 0)]
    assert desk.entries(collected.tree)["b/c.md"].mode == 0o644


def test_rules_leave_out_what_is_new_and_never_what_was_tracked(desk: Desk) -> None:
    tracked = {**START, "node_modules/kept.js": b"kept\n", "out.log": b"kept\n", ".gitignore": b"*.log\n"}
    desk.show(tracked)
    copy = desk.open()
    (copy.folder / "node_modules/kept.js").write_bytes(b"edited\n")
    (copy.folder / "node_modules/left.js").write_bytes(b"left\n")
    (copy.folder / "left.log").write_bytes(b"left\n")
    (copy.folder / ".fstignore").write_bytes(b"*.tmp\n")
    (copy.folder / "left.tmp").write_bytes(b"left\n")
    for name in [*LEFT_OUT, ".git", ".asterism"]:
        (copy.folder / "b" / name).mkdir()
        (copy.folder / "b" / name / "file").write_bytes(b"x\n")
    (copy.folder / ".asterism.json").write_bytes(b"{}")
    collected, _ = desk.finish(copy)
    assert [(one.path, one.change) for one in collected.changes] == [
        (".fstignore", "added"),
        ("b/.asterism/file", "added"),  # our own state is state at the top only
        ("node_modules/kept.js", "modified"),
    ]


def test_folders_are_written_only_where_the_start_had_some(desk: Desk) -> None:
    copy = desk.open()
    (copy.folder / "empty").mkdir()
    collected, _ = desk.finish(copy)
    assert collected.changes == ()
    assert collected.tree == desk.start
    with_folders = [*desk.tree_of(START), Entry(type="dir", path="b", mode=0o755)]
    desk.push(with_folders)
    copy = desk.open("other")
    (copy.folder / "full").mkdir()
    (copy.folder / "full/x").write_bytes(b"x\n")
    collected, _ = desk.finish(copy)
    assert desk.entries(collected.tree)["full"] == Entry(type="dir", path="full", mode=0o755)


def test_entries_that_nobody_writes_to_a_disk_stay(desk: Desk) -> None:
    desk.shelf.put(b"[core]\n")
    hidden = Entry(type="file", path="sub/.git/config", hash=name_of(b"[core]\n"), size=7, mode=0o644)
    desk.push([*desk.tree_of(START), hidden])
    copy = desk.open()
    assert not (copy.folder / "sub").exists()
    (copy.folder / "a.py").write_bytes(b"new\n")
    collected, _ = desk.finish(copy)
    assert desk.entries(collected.tree)["sub/.git/config"] == hidden
    (copy.folder / "sub").write_bytes(b"now a file\n")
    again = desk.copies.collect(copy)
    assert "sub/.git/config" not in desk.entries(again.tree)
    assert desk.content(again.tree)["sub"] == b"now a file\n"


def test_what_cannot_be_stored_is_named_and_leaves_its_path_as_it_was(desk: Desk) -> None:
    copy = desk.open()
    os.mkfifo(copy.folder / "pipe")
    (copy.folder / "a.py").unlink()
    os.mkfifo(copy.folder / "a.py")
    with (copy.folder / "huge").open("wb") as file:
        file.truncate(2 << 30)
    (copy.folder / os.fsdecode(b"caf\xe9")).write_bytes(b"x\n")
    (copy.folder / ".GIT").write_bytes(b"x\n")
    (copy.folder / "new.txt").write_bytes(b"new\n")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        try:
            os.chdir(copy.folder)
            server.bind("socket")
        finally:
            os.chdir(here)
        collected, settled = desk.finish(copy)
    assert [(one.path, one.change) for one in collected.changes] == [("new.txt", "added")]
    assert desk.content(settled.tree)["a.py"] == START["a.py"]
    assert settled.warnings == (
        ".GIT was not stored: its name cannot be versioned.",
        "a.py was not stored: it is a pipe.",
        r"caf\xe9 was not stored: its name cannot be versioned.",
        "huge was not stored: it is too large.",
        "pipe was not stored: it is a pipe.",
        "socket was not stored: it is a socket.",
    )


def test_links_are_kept_and_never_followed(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/key").write_bytes(b"the server's\n")
    copy = desk.open()
    (copy.folder / "out").symlink_to(tmp_path / "secret")
    shutil.rmtree(copy.folder / "b")
    (copy.folder / "b").symlink_to(tmp_path / "secret")
    collected, _ = desk.finish(copy)
    found = desk.entries(collected.tree)
    assert found["out"].target == found["b"].target == str(tmp_path / "secret")
    assert not any(path.startswith(("out/", "b/")) for path in found)


def test_a_large_file_goes_in_by_way_of_the_disk(desk: Desk) -> None:
    copy = desk.open()
    large = os.urandom(1024) * 2500
    (copy.folder / "large").write_bytes(large)
    collected, _ = desk.finish(copy)
    assert desk.content(collected.tree)["large"] == large


def test_a_path_with_two_dots_is_told_of(desk: Desk) -> None:
    copy = desk.open()
    (copy.folder / "v1..v2").write_bytes(b"x\n")
    collected, _ = desk.finish(copy)
    assert collected.warnings == (
        "Some versions of the command line cannot read a path with two dots in a row: v1..v2.",
    )


def test_closed_folders_and_files_are_opened_up(desk: Desk) -> None:
    copy = desk.open()
    (copy.folder / "b/c.md").write_bytes(b"more\n")
    (copy.folder / "b/c.md").chmod(0)
    (copy.folder / "b").chmod(0)
    collected, _ = desk.finish(copy)
    assert [one.path for one in collected.changes] == ["b/c.md"]
    desk.copies.close(copy)
    assert not copy.folder.exists()


@pytest.mark.parametrize("instead", ["nothing", "file", "link"])
def test_a_copy_that_the_agent_removed_is_an_error(desk: Desk, tmp_path: Path, instead: str) -> None:
    copy = desk.open()
    shutil.rmtree(copy.folder)
    if instead == "file":
        copy.folder.write_bytes(b"")
    if instead == "link":
        copy.folder.symlink_to(tmp_path)
    with pytest.raises(CopyGone):
        desk.copies.collect(copy)
    desk.copies.close(copy)
    assert on_disk(desk.folder) == {}
    assert desk.look().current_manifest_hash == desk.start


def test_an_emptied_copy_is_an_empty_tree(desk: Desk) -> None:
    copy = desk.open()
    for path in copy.folder.iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    collected, settled = desk.finish(copy)
    assert desk.entries(settled.tree) == {}
    assert {one.change for one in collected.changes} == {"deleted"}


def test_a_workspace_without_a_tree_starts_empty(desk: Desk) -> None:
    with desk.shelf.db.write() as tx:
        other = workspaces.create_workspace(tx, desk.caller, desk.project.id, NewWorkspace(name="empty"))
    copy = desk.copies.open(desk.caller, other.id, "turn")
    assert on_disk(copy.folder) == {}
    assert copy.about.start is None
    assert desk.copies.collect(copy).tree is None
    (copy.folder / "first").write_bytes(b"1\n")
    collected = desk.copies.collect(copy)
    settled = desk.copies.settle(copy, collected, desk.caller)
    assert desk.content(settled.tree) == {"first": b"1\n"}
    assert settled.snapshot_id is not None


def copies_with(desk: Desk, limits: storage.Limits | None = None, most_files: int = 100) -> WorkingCopies:
    shelf = desk.shelf
    limits = limits or storage.Limits()
    return WorkingCopies(shelf.db, shelf.blobs, desk.folder, limits, shelf.clock, most_files=most_files)


def test_too_many_files_are_counted_and_change_nothing(desk: Desk) -> None:
    copies = copies_with(desk, most_files=7)
    copy = copies.open(desk.caller, desk.main.id, "turn")
    for number in range(2):
        (copy.folder / f"{number}").write_bytes(b"")
    assert len(copies.collect(copy).changes) == 2
    (copy.folder / "2").write_bytes(b"")
    with pytest.raises(TooManyFiles, match=r"^Workspace has 8 files; max allowed is 7\.$"):
        copies.collect(copy)


def test_a_quota_that_is_full_is_an_error_and_leaves_the_copy(desk: Desk) -> None:
    tight = copies_with(desk, storage.Limits(quota_bytes=10))
    copy = tight.open(desk.caller, desk.main.id, "turn")
    (copy.folder / "new").write_bytes(b"0123456789" * 10)
    with pytest.raises(storage.QuotaExceeded):
        tight.collect(copy)
    assert on_disk(copy.folder)["new"]
    assert desk.content(desk.copies.collect(desk.copies.find("turn")).tree)["new"]


def test_a_turn_has_one_copy_and_two_turns_two(desk: Desk) -> None:
    one, other = desk.open("one"), desk.open("other")
    with pytest.raises(CopyExists):
        desk.open("one")
    (one.folder / "a.py").write_bytes(b"changed in place\n")
    assert (other.folder / "a.py").read_bytes() == START["a.py"]
    assert desk.content(desk.start) == START
    with pytest.raises(UnknownCopy):
        desk.open("../outside")


def test_missing_contents_leave_nothing_behind(desk: Desk) -> None:
    lost = desk.shelf.put_entries(entries_of({"a": b"never stored\n"}))
    with desk.shelf.db.write() as tx:
        workspaces.set_current_manifest(tx, desk.caller, desk.main.id, lost, desk.start)
    with pytest.raises(storage.BlobsMissing):
        desk.open()
    assert not desk.folder.exists() or list(desk.folder.iterdir()) == []


def test_files_named_like_ours_are_files_of_the_tree(desk: Desk) -> None:
    copy = desk.open()
    names = ["about.json", "cache", "staging/x", "tree/about.json", "asterism.db", f"{copy.id}.new"]
    for name in names:
        (copy.folder / name).parent.mkdir(exist_ok=True)
        (copy.folder / name).write_bytes(b"theirs\n")
    collected, settled = desk.finish(copy)
    assert sorted(one.path for one in collected.changes) == sorted(names)
    assert settled.warnings == ()
    assert desk.copies.find(copy.id).about == copy.about
