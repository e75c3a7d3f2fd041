"""Checkpoints of a copy while its agent is at work."""

import os
from pathlib import Path

from asterism.features.versions.workcopies import FileChange
from tests.features.versions.workcopies.conftest import START, Desk, on_disk


def test_a_checkpoint_is_a_tree_and_says_what_came_since_the_last(desk: Desk) -> None:
    copy = desk.open()
    assert desk.copies.checkpoint(copy) is None
    (copy.folder / "a.py").write_bytes(b"one\ntwo\n")
    (copy.folder / "new").mkdir()
    (copy.folder / "new/x").write_bytes(b"x\n")
    first = desk.copies.checkpoint(copy)
    assert first is not None
    assert (first.previous_tree, first.changes) == (
        desk.start,
        (FileChange("a.py", "modified", 0, 1), FileChange("new/x", "added", 1, 0)),
    )
    assert desk.content(first.tree) == {**START, "a.py": b"one\ntwo\n", "new/x": b"x\n"}
    assert desk.copies.checkpoint(copy) is None
    (copy.folder / "new/deeper").mkdir()
    (copy.folder / "new/deeper/y").write_bytes(b"y\n")
    (copy.folder / "new/x").unlink()
    second = desk.copies.checkpoint(copy)
    assert second is not None
    assert (second.previous_tree, [one.path for one in second.changes]) == (first.tree, ["new/deeper/y", "new/x"])
    (copy.folder / "new/deeper/y").write_bytes(b"yy\n")
    third = desk.copies.checkpoint(copy)
    assert third is not None
    assert [one.path for one in third.changes] == ["new/deeper/y"]
    assert desk.copies.collect(copy).tree == third.tree


def test_going_back_to_the_start_is_a_checkpoint_of_the_start(desk: Desk) -> None:
    copy = desk.open()
    (copy.folder / "a.py").write_bytes(b"other\n")
    first = desk.copies.checkpoint(copy)
    (copy.folder / "a.py").write_bytes(START["a.py"])
    back = desk.copies.checkpoint(copy)
    assert first is not None
    assert back is not None
    assert (back.previous_tree, back.tree) == (first.tree, desk.start)


def test_a_renamed_folder_is_seen_and_what_happens_in_it_later_too(desk: Desk) -> None:
    copy = desk.open()
    os.rename(copy.folder / "b", copy.folder / "moved")
    moved = desk.copies.checkpoint(copy)
    assert moved is not None
    assert {one.path: one.change for one in moved.changes} == {
        "b/c.md": "deleted",
        "b/d.bin": "deleted",
        "moved/c.md": "added",
        "moved/d.bin": "added",
    }
    (copy.folder / "moved/c.md").write_bytes(b"later\n")
    later = desk.copies.checkpoint(copy)
    assert later is not None
    assert [one.path for one in later.changes] == ["moved/c.md"]


def test_an_empty_start_has_checkpoints_too(desk: Desk) -> None:
    desk.show({})
    copy = desk.open()
    (copy.folder / "now").unlink()
    gone = desk.copies.checkpoint(copy)
    assert gone is not None
    assert desk.entries(gone.tree) == {}


def test_a_copy_can_be_made_of_a_folder_that_somebody_holds(desk: Desk, tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.mkdir()
    inode = held.stat().st_ino
    copy = desk.copies.open(desk.caller, desk.main.id, "turn", folder=held)
    assert (copy.folder.stat().st_ino, on_disk(copy.folder), held.exists()) == (inode, START, False)
    (copy.folder / "made").write_bytes(b"b\n")
    checked = desk.copies.checkpoint(copy)
    assert checked is not None
    assert [one.path for one in checked.changes] == ["made"]

    full = tmp_path / "full"
    full.mkdir()
    (full / "mine").touch()
    other = desk.copies.open(desk.caller, desk.main.id, "other", folder=full)
    assert (on_disk(other.folder), list(full.iterdir())) == (START, [full / "mine"])
