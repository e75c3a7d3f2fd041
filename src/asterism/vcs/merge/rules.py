"""The decision table of Fastest 5.4: what becomes of one path, by what it is on the three sides."""

from dataclasses import dataclass
from typing import Literal

from asterism.vcs.diff import modes_compatible
from asterism.vcs.manifest import Entry
from asterism.vcs.merge.models import Count, DecisionKind, Triple
from asterism.vcs.merge.modes import merge_modes

Outcome = Literal["keep", "copy", "delete", "combine", "decide", "folder"]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a row says; `row` is its number in the table.

    keep     `entry` stands, which is ours (perhaps with other low mode bits); nothing is listed
    copy     `entry` comes from main, or ours' content with main's mode; listed
    delete   the path goes; listed
    combine  both sides changed a text: contents are merged, and failing that `kind` is to be decided
    decide   `kind` is to be decided
    folder   a folder entry: `entry` stands, or None; one that goes stays while something lies below it
    """

    row: int
    outcome: Outcome
    entry: Entry | None = None
    kind: DecisionKind = "content"
    count: Count = "update"
    mode_only: bool = False
    same: bool = False


def rule(sides: Triple) -> Ruling:
    """Return what the table says about a path."""
    base, ours, main = sides.base, sides.ours, sides.main
    if any(entry is not None and entry.type == "dir" for entry in (base, ours, main)):
        return _folder_rule(base, ours, main)
    if ours is None or main is None:
        return _absent_rule(base, ours, main)
    if same_content(ours, main):
        row = 18 if base is None else _mode_row(base, ours, main)
        return _with_modes(3, row, base, ours, main, same=True)
    if base is None:
        if ours.type != main.type:
            return Ruling(6, "decide", kind="type_change")
        return Ruling(4, "combine", kind="add_add") if ours.type == "file" else Ruling(5, "decide", kind="symlink")
    if same_content(base, ours):
        return Ruling(7 if modes_compatible(base.mode, ours.mode) else 20, "copy", merged_entry(main, base, ours, main))
    if same_content(base, main):
        return _with_modes(8, 19, base, ours, main)
    return _both_changed(base, ours, main)


def _both_changed(base: Entry, ours: Entry, main: Entry) -> Ruling:
    if ours.type != main.type:
        return Ruling(17, "decide", kind="type_change")
    if ours.type == "symlink":
        return Ruling(16 if base.type == "symlink" else 5, "decide", kind="symlink")
    if base.type != "file":
        return Ruling(4, "combine", kind="add_add")
    return Ruling(12, "combine", kind="content")


def _absent_rule(base: Entry | None, ours: Entry | None, main: Entry | None) -> Ruling:
    """Rows in which one side or both have nothing."""
    if ours is None and main is None:
        return Ruling(11, "keep")
    if ours is None:
        if base is None:
            return Ruling(1, "copy", main, count="add")
        return Ruling(10, "keep") if same_content(base, main) else Ruling(15, "decide", kind="delete_modify")
    if base is None:
        return Ruling(2, "keep", ours)
    return (
        Ruling(9, "delete", count="delete") if same_content(base, ours) else Ruling(14, "decide", kind="modify_delete")
    )


def _folder_rule(base: Entry | None, ours: Entry | None, main: Entry | None) -> Ruling:
    """Rows 21 to 29: at least one side has a folder entry."""
    mine, theirs = _kind(ours), _kind(main)
    if mine != "content" and theirs != "content":
        return _folder_presence(base, ours, main)
    if ours is not None and main is not None and same_content(ours, main):
        return _with_modes(3, 18, None, ours, main, same=True)
    if _kind(base) == "folder":
        if mine == theirs:
            return Ruling(25, "decide", kind="type_change")
        return Ruling(23, "keep", ours) if mine == "content" else _take(22, ours, main)
    if base is None:
        return Ruling(24, "decide", kind="type_change")
    if mine == "folder":
        return Ruling(26, "keep", ours) if same_content(base, main) else Ruling(28, "decide", kind="type_change")
    return _take(27, ours, main) if same_content(base, ours) else Ruling(29, "decide", kind="type_change")


def _folder_presence(base: Entry | None, ours: Entry | None, main: Entry | None) -> Ruling:
    """Row 21, and of rows 28 and 29 the case that one side has a folder and the other nothing."""
    if base is not None and base.type != "dir" and (ours is None or main is None):
        return Ruling(28, "keep", ours) if main is None else Ruling(29, "copy", main)
    if ours is not None and main is not None:
        mode = merge_modes(base.mode if base is not None and base.type == "dir" else 0, ours.mode, main.mode)
        known = ours.mode or main.mode
        return Ruling(21, "folder", Entry(type="dir", path=ours.path, mode=mode if known else 0))
    return Ruling(21, "folder", None if base is not None else ours or main)


def _take(row: int, ours: Entry | None, main: Entry | None) -> Ruling:
    return Ruling(row, "copy", main, count="add" if ours is None else "update")


def _kind(entry: Entry | None) -> Literal["absent", "folder", "content"]:
    if entry is None:
        return "absent"
    return "folder" if entry.type == "dir" else "content"


def _mode_row(base: Entry, ours: Entry, main: Entry) -> int:
    return 18 if same_content(base, ours) and same_content(base, main) else 19


def _with_modes(row: int, mode_row: int, base: Entry | None, ours: Entry, main: Entry, *, same: bool = False) -> Ruling:
    """Keep ours' content; a change of the executable bit by main is listed, other bits are merged silently."""
    entry = merged_entry(ours, base, ours, main)
    if modes_compatible(entry.mode, ours.mode):
        return Ruling(row, "keep", entry, same=same)
    return Ruling(mode_row, "copy", entry, mode_only=True, same=same)


def merged_entry(content: Entry, base: Entry | None, ours: Entry, main: Entry) -> Entry:
    """Return an entry with the content of `content` and the merged mode; links have no mode."""
    if content.type != "file":
        return content
    return Entry(type="file", path=content.path, hash=content.hash, size=content.size, mode=mode_of(base, ours, main))


def mode_of(base: Entry | None, ours: Entry | None, main: Entry | None) -> int:
    """Return the merged mode of the sides that are files."""
    modes = [entry.mode if entry is not None and entry.type == "file" else 0 for entry in (base, ours, main)]
    return merge_modes(*modes)


def same_content(one: Entry | None, other: Entry | None) -> bool:
    """Say whether two entries have the same type and the same bytes or target; modes do not count."""
    if one is None or other is None:
        return one is other
    if one.type != other.type:
        return False
    return one.type == "dir" or (one.hash == other.hash if one.type == "file" else one.target == other.target)
