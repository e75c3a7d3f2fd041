"""The header lines of one file in a diff: its operation, modes and paths.

Paths carry a letter and a slash in front, by which git tells the two sides apart: `a/` and `b/`, and with
`diff.mnemonicPrefix` the letters of what is compared. With `--no-prefix` there is none, and `a/` may be a folder.
"""

import re
from dataclasses import dataclass, field

from asterism.vcs.unified.files import FileDiff, Operation
from asterism.vcs.unified.hunks import Hunk
from asterism.vcs.unified.quotes import unquote

# commit, index, worktree, object; 1 and 2 are `--no-index`. `-R` swaps the sides.
_PAIRS = frozenset(pair for one, other in ("ab", "iw", "ci", "cw", "ow", "12") for pair in ((one, other), (other, one)))
_NOTHING = "/dev/null"
Pair = tuple[str, str]


@dataclass
class Head:
    """What the header lines of one file have said so far; `pair` holds the letters of its `diff --git` line."""

    named: tuple[str | None, str | None] = (None, None)
    pair: Pair | None = None
    by_git: bool = False
    old: str | None = None
    new: str | None = None
    old_mode: str | None = None
    new_mode: str | None = None
    operation: Operation = "modify"
    renamed: list[str | None] = field(default_factory=lambda: [None, None])
    binary: bool = False
    conflicted: bool = False


def git_head(line: str) -> Head:
    """Read the line that begins a file: `diff --git`, or `diff --cc` or `diff --combined` of an unmerged path."""
    if not line.startswith("diff --git "):
        path = _path(line.split(" ", 2)[2])
        return Head(named=(path, path), by_git=True, conflicted=True)
    old, new = _named(line.removeprefix("diff --git "))
    pair = _pair_of(old, new)
    return Head(named=(_without(old, pair, 0), _without(new, pair, 1)), pair=pair, by_git=True)


def take_extended(head: Head, line: str) -> bool:
    """Take one of git's extended header lines into `head`; False when `line` is none."""
    key, _, value = line.partition(" ")
    first_two = " ".join(line.split(" ", 2)[:2])
    rest = line[len(first_two) + 1 :]
    match first_two:
        case "new file":
            head.operation, head.new_mode = "add", value.rpartition(" ")[2]
        case "deleted file":
            head.operation, head.old_mode = "delete", value.rpartition(" ")[2]
        case "old mode":
            head.old_mode = rest
        case "new mode":
            head.new_mode = rest
        case "rename from" | "copy from":
            head.operation = "rename" if key == "rename" else "copy"
            head.renamed[0] = _path(rest)
        case "rename to" | "copy to":
            head.renamed[1] = _path(rest)
        case "GIT binary" | "Binary files":
            head.binary = True
        case _:
            return _take_plain(head, key, value)
    return True


def _take_plain(head: Head, key: str, value: str) -> bool:
    if key == "index":
        _, _, mode = value.partition(" ")
        if mode:
            head.old_mode = head.new_mode = mode
        return True
    return key in {"similarity", "dissimilarity", "mode", "rename", "copy"}


def file_diff(head: Head, hunks: tuple[Hunk, ...]) -> FileDiff:
    """Return the file that the header lines and hunks tell of."""
    old, new = head.named
    if head.renamed[0] is not None and head.renamed[1] is not None:
        old, new = head.renamed
    elif head.old is not None and head.new is not None:
        old, new = _side_paths(head, _path(head.old), _path(head.new))
    operation = head.operation
    if operation == "add" or old is None:
        old, operation = None, "add"
    if operation == "delete" or new is None:
        new, operation = None, "delete"
    return FileDiff(old, new, operation, hunks, head.old_mode, head.new_mode, head.binary, head.conflicted)


def _side_paths(head: Head, old: str, new: str) -> tuple[str | None, str | None]:
    """Return the paths of the `---` and `+++` lines without their letters, None for `/dev/null`.

    Where one side is `/dev/null` the `diff --git` line says which letters were used. Without such a line only `a/`
    and `b/`, each on its side, are taken for letters then.
    """
    missing = (old == _NOTHING, new == _NOTHING)
    if not any(missing):
        pair = _pair_of(old, new)
    elif head.by_git:
        pair = head.pair
    else:
        pair = ("a", "b")
    return None if missing[0] else _without(old, pair, 0), None if missing[1] else _without(new, pair, 1)


def _pair_of(old: str | None, new: str | None) -> Pair | None:
    """Return the letters in front of two paths, None unless git writes these two together."""
    if not old or not new or old[1:2] != "/" or new[1:2] != "/":
        return None
    pair = (old[0], new[0])
    return pair if pair in _PAIRS else None


def _without(path: str | None, pair: Pair | None, side: int) -> str | None:
    return path[2:] if path and pair and path.startswith(f"{pair[side]}/") else path


def _path(text: str) -> str:
    """Read a path of a header line: C-quoted, or plain with a TAB (and maybe a time) behind it."""
    text = text.removesuffix("\r")
    if text.startswith('"'):
        return unquote(text)[0]
    return text.split("\t", 1)[0]


def _named(text: str) -> tuple[str | None, str | None]:
    """Read the two paths of a `diff --git` line, which stand for the file only when no other header line names it.

    Unquoted paths are not delimited; such a line names one path twice, which finds the middle.
    """
    if text.startswith('"'):
        old, end = unquote(text)
        return old, _path(text[end + 1 :])
    if text.endswith('"') and ' "' in text:
        old, new = text.split(' "', 1)
        return old, unquote('"' + new)[0]
    half = len(text) // 2
    if len(text) % 2 and text[half] == " ":
        old, new = text[:half], text[half + 1 :]
        if old == new or (_pair_of(old, new) and old[2:] == new[2:]):
            return old, new
    for found in re.finditer(r" (?=([abciow12])/)", text):
        if (text[:1], found[1]) in _PAIRS and text[1:2] == "/":
            return text[: found.start()], text[found.end() :]
    old, _, new = text.partition(" ")
    return old, new or old
