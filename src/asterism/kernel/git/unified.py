"""Unified diffs: parse them, know every line's number on both sides, apply them. Pure.

Rules: Stargazer 5.3 [5.8], [5.9]. Text is `str`; bytes that are not UTF-8 travel as surrogate escapes, see `decode`.
Only LF ends a line, so a CR before it belongs to the text of the line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

Operation = Literal["add", "delete", "modify", "rename", "copy"]
LineKind = Literal["context", "added", "deleted"]

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)$", re.DOTALL)
_KINDS: dict[str, LineKind] = {" ": "context", "+": "added", "-": "deleted"}
_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
_NO_NEWLINE = "\\ "


class DiffError(ValueError):
    """The text is not a unified diff, or a diff does not apply to the text it is applied to."""


class Line(NamedTuple):
    """One line of a hunk. `old` and `new` are its 1-based numbers, None on the side where it does not exist."""

    kind: LineKind
    text: str
    old: int | None
    new: int | None


class NewLine(NamedTuple):
    """One line of the new side that a diff shows: which hunk shows it, and whether it was added."""

    hunk: int
    kind: LineKind
    text: str


class DeletedLine(NamedTuple):
    """A line that is gone; `before` is the number of the new-side line that it stood in front of."""

    text: str
    old: int
    before: int
    hunk: int


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of changed lines with their surroundings. Starts and counts are those of its header."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: str
    lines: tuple[Line, ...]
    old_ends_without_newline: bool = False
    new_ends_without_newline: bool = False

    @property
    def new_range(self) -> tuple[int, int]:
        """First and last new-side line; both are the neighbouring line (at least 1) when the new side is empty."""
        first = max(1, self.new_start)
        return first, max(first, self.new_start + self.new_count - 1)

    @property
    def old_range(self) -> tuple[int, int]:
        """First and last old-side line, like `new_range`."""
        first = max(1, self.old_start)
        return first, max(first, self.old_start + self.old_count - 1)

    def render(self) -> str:
        """Write the hunk with its header; every line ends with LF."""
        header = (
            f"@@ -{_span(self.old_start, self.old_count)} +{_span(self.new_start, self.new_count)} @@{self.section}"
        )
        out = [header]
        last_old = max((i for i, line in enumerate(self.lines) if line.kind != "added"), default=-1)
        last_new = max((i for i, line in enumerate(self.lines) if line.kind != "deleted"), default=-1)
        for index, line in enumerate(self.lines):
            out.append(_SIGNS[line.kind] + line.text)
            ends_old = index == last_old and self.old_ends_without_newline and line.kind != "added"
            ends_new = index == last_new and self.new_ends_without_newline and line.kind != "deleted"
            if ends_old or ends_new:
                out.append("\\ No newline at end of file")
        return "\n".join(out) + "\n"


_SIGNS: dict[LineKind, str] = {"context": " ", "added": "+", "deleted": "-"}


@dataclass(frozen=True)
class FileDiff:
    """What a diff says about one file.

    `old_path` is None for an added file and `new_path` for a deleted one; a rename or copy has both. Modes are octal
    texts. `conflicted` marks a combined diff of an unmerged path, which carries no hunks.
    """

    old_path: str | None
    new_path: str | None
    operation: Operation
    hunks: tuple[Hunk, ...] = ()
    old_mode: str | None = None
    new_mode: str | None = None
    binary: bool = False
    conflicted: bool = False

    @property
    def path(self) -> str:
        """The path people know the file by: the new one, or the old one of a deleted file."""
        return self.new_path if self.new_path is not None else self.old_path or ""

    @cached_property
    def additions(self) -> int:
        """How many lines were added."""
        return sum(line.kind == "added" for hunk in self.hunks for line in hunk.lines)

    @cached_property
    def deletions(self) -> int:
        """How many lines were deleted."""
        return sum(line.kind == "deleted" for hunk in self.hunks for line in hunk.lines)

    @cached_property
    def new_lines(self) -> dict[int, NewLine]:
        """New-side line number to what the diff shows there, in ascending order."""
        return {
            line.new: NewLine(index, line.kind, line.text)
            for index, hunk in enumerate(self.hunks)
            for line in hunk.lines
            if line.new is not None
        }

    @cached_property
    def deleted_lines(self) -> tuple[DeletedLine, ...]:
        """Every deleted line with the new-side line it preceded."""
        return tuple(_deleted(self.hunks))

    @cached_property
    def added_numbers(self) -> frozenset[int]:
        """The new-side numbers of the added lines."""
        return frozenset(number for number, line in self.new_lines.items() if line.kind == "added")

    @cached_property
    def changed_numbers(self) -> frozenset[int]:
        """New-side numbers that are added, or stand right behind a deletion."""
        return self.added_numbers | {line.before for line in self.deleted_lines}

    def apply(self, old: str) -> str:
        """Return the new text of the file whose old text is `old`. Raises DiffError unless every line matches."""
        return apply(self.hunks, old)

    def render(self) -> str:
        """Write a minimal diff of this file: the two path lines and the hunks."""
        old = "/dev/null" if self.old_path is None else quote(f"a/{self.old_path}")
        new = "/dev/null" if self.new_path is None else quote(f"b/{self.new_path}")
        return f"--- {old}\n+++ {new}\n" + "".join(hunk.render() for hunk in self.hunks)


def decode(raw: bytes) -> str:
    """Read bytes as UTF-8, keeping what is not UTF-8 as surrogate escapes (undone by `encode`)."""
    return raw.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Undo `decode`."""
    return text.encode("utf-8", "surrogateescape")


def parse(diff: str, *, strict: bool = False) -> list[FileDiff]:
    """Read a unified diff, with or without `diff --git` lines, into one entry per file.

    Text around the file diffs (a mail's header, a commit message) is passed over. A hunk that is cut short keeps the
    lines it has, unless `strict`, which raises DiffError for it and for a text without any file diff.
    """
    lines = _split(diff)
    if _all_crlf(lines):
        lines = [line.removesuffix("\r") for line in lines]
    files = list(_Parser(lines, strict).files())
    if strict and not files:
        raise DiffError("no file diff found")
    return files


def apply(hunks: Sequence[Hunk], old: str) -> str:
    """Apply `hunks` to `old` exactly, without any search for a better place. Raises DiffError when a line differs."""
    source, ended = _lines_of(old)
    out: list[str] = []
    position = 0
    ends_with_newline = ended
    for hunk in hunks:
        start = hunk.old_start - 1 if hunk.old_count else hunk.old_start
        if start < position or start > len(source):
            raise DiffError(f"hunk at line {hunk.old_start} is out of place")
        out += source[position:start]
        position = start
        for line in hunk.lines:
            if line.kind != "added":
                if position >= len(source) or source[position] != line.text:
                    raise DiffError(f"line {position + 1} differs from the diff")
                position += 1
            if line.kind != "deleted":
                out.append(line.text)
        ends_with_newline = _check_end(hunk, position == len(source), ended, ends_with_newline)
    out += source[position:]
    if not out:
        return ""
    return "\n".join(out) + ("\n" if ends_with_newline else "")


def quote(path: str) -> str:
    """Write a path as git does: in quotes with escapes when it holds control characters, a quote or a backslash."""
    if not re.search(r'["\\\x00-\x1f\x7f]', path):
        return path
    names = {value: name for name, value in _ESCAPES.items()}
    out = []
    for char in path:
        code = ord(char)
        if code in names:
            out.append("\\" + names[code])
        else:
            out.append(f"\\{code:03o}" if code < 32 or code == 127 else char)
    return '"' + "".join(out) + '"'


def unquote(text: str) -> tuple[str, int]:
    """Read a C-quoted text that begins at its opening quote; return it and the index after the closing quote.

    Raises DiffError when it is not closed.
    """
    raw = bytearray()
    index = 1
    while index < len(text):
        char = text[index]
        if char == '"':
            return decode(bytes(raw)), index + 1
        if char == "\\" and (octal := re.match(r"[0-7]{3}", text[index + 1 : index + 4])):
            raw.append(int(octal[0], 8) & 255)
            index += 4
        elif char == "\\":
            raw.append(_ESCAPES.get(text[index + 1 : index + 2], 63))
            index += 2
        else:
            raw += encode(char)
            index += 1
    raise DiffError("a quoted path is not closed")


@dataclass
class _Head:
    """What the header lines of one file have said so far."""

    named: tuple[str | None, str | None] = (None, None)
    old: str | None = None
    new: str | None = None
    old_mode: str | None = None
    new_mode: str | None = None
    operation: Operation = "modify"
    renamed: list[str | None] = field(default_factory=lambda: [None, None])
    binary: bool = False
    conflicted: bool = False


class _Parser:
    """Walks the lines once; `at` is the index of the line that comes next."""

    def __init__(self, lines: list[str], strict: bool) -> None:
        self.lines = lines
        self.strict = strict
        self.at = 0

    def files(self) -> Iterator[FileDiff]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.startswith(("diff --git ", "diff --cc ", "diff --combined ")):
                yield self._git_file(line)
            elif self._plain_header():
                yield self._finish(_Head())
            else:
                self.at += 1

    def _plain_header(self) -> bool:
        here, after = self.lines[self.at], self.lines[self.at + 1 : self.at + 3]
        return (
            here.startswith("--- ")
            and len(after) == 2
            and after[0].startswith("+++ ")
            and _HUNK.match(after[1]) is not None
        )

    def _git_file(self, line: str) -> FileDiff:
        head = _Head()
        if line.startswith("diff --git "):
            head.named = _named(line.removeprefix("diff --git "))
        else:
            path = _path(line.split(" ", 2)[2])
            head.named, head.conflicted = (path, path), True
        self.at += 1
        while self.at < len(self.lines) and _take_extended(head, self.lines[self.at]):
            self.at += 1
        return self._finish(head)

    def _finish(self, head: _Head) -> FileDiff:
        hunks: list[Hunk] = []
        names = self.lines[self.at : self.at + 2]
        if not head.binary and len(names) == 2 and names[0].startswith("--- ") and names[1].startswith("+++ "):
            head.old, head.new = names[0][4:], names[1][4:]
            self.at += 2
        if head.conflicted:
            while self.at < len(self.lines) and not self.lines[self.at].startswith("diff --"):
                self.at += 1
        else:
            while self.at < len(self.lines) and (match := _HUNK.match(self.lines[self.at])):
                self.at += 1
                hunks.append(self._hunk(match))
        return _file(head, tuple(hunks))

    def _hunk(self, match: re.Match[str]) -> Hunk:
        old, new = int(match[1]), int(match[3])
        old_left, new_left = int(match[2] or 1), int(match[4] or 1)
        start = (old, new)
        counts = (old_left, new_left)
        at_old, at_new = old + (old_left == 0), new + (new_left == 0)
        lines: list[Line] = []
        bare_old = bare_new = False
        while self.at < len(self.lines):
            text = self.lines[self.at]
            if text.startswith(_NO_NEWLINE) and lines:
                bare_old = bare_old or lines[-1].kind != "added"
                bare_new = bare_new or lines[-1].kind != "deleted"
                self.at += 1
                continue
            if old_left <= 0 and new_left <= 0:
                break
            kind = _KINDS.get(text[:1] or " ")
            if kind is None or (self.at == len(self.lines) - 1 and text == ""):
                break
            has_old, has_new = kind != "added", kind != "deleted"
            lines.append(Line(kind, text[1:], at_old if has_old else None, at_new if has_new else None))
            at_old, old_left = at_old + has_old, old_left - has_old
            at_new, new_left = at_new + has_new, new_left - has_new
            self.at += 1
        if old_left or new_left:
            if self.strict:
                raise DiffError(f"the hunk at line {start[1]} does not hold the lines its header counts")
            counts = (counts[0] - old_left, counts[1] - new_left)
        return Hunk(start[0], counts[0], start[1], counts[1], match[5], tuple(lines), bare_old, bare_new)


def _take_extended(head: _Head, line: str) -> bool:
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


def _take_plain(head: _Head, key: str, value: str) -> bool:
    if key == "index":
        _, _, mode = value.partition(" ")
        if mode:
            head.old_mode = head.new_mode = mode
        return True
    return key in {"similarity", "dissimilarity", "mode", "rename", "copy"}


def _file(head: _Head, hunks: tuple[Hunk, ...]) -> FileDiff:
    old, new = head.named
    if head.renamed[0] is not None and head.renamed[1] is not None:
        old, new = head.renamed
    elif head.old is not None and head.new is not None:
        old, new = _side_paths(head.old, head.new)
    operation = head.operation
    if operation == "add" or old is None:
        old, operation = None, "add"
    if operation == "delete" or new is None:
        new, operation = None, "delete"
    return FileDiff(old, new, operation, hunks, head.old_mode, head.new_mode, head.binary, head.conflicted)


def _side_paths(old_text: str, new_text: str) -> tuple[str | None, str | None]:
    """Read the values of `---` and `+++`; the prefixes a/ and b/ go where both sides have theirs or /dev/null."""
    old, new = _path(old_text), _path(new_text)
    sides = {old[:2], new[:2]} - {"/d"}
    strip = (old.startswith("a/") or old == "/dev/null") and (new.startswith("b/") or new == "/dev/null") and sides
    return (
        None if old == "/dev/null" else old[2:] if strip else old,
        None if new == "/dev/null" else new[2:] if strip else new,
    )


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
        return _strip(old), _strip(_path(text[end + 1 :]))
    if text.endswith('"') and ' "' in text:
        old, new = text.split(' "', 1)
        return _strip(old), _strip(unquote('"' + new)[0])
    half = len(text) // 2
    if len(text) % 2 and text[half] == " ":
        old, new = text[:half], text[half + 1 :]
        if old == new or (old.startswith("a/") and new.startswith("b/") and old[2:] == new[2:]):
            return _strip(old), _strip(new)
    old, _, new = text.partition(" b/")
    return _strip(old), new or _strip(old)


def _strip(path: str) -> str:
    return path[2:] if path.startswith(("a/", "b/")) else path


def _deleted(hunks: Sequence[Hunk]) -> Iterator[DeletedLine]:
    for index, hunk in enumerate(hunks):
        before = hunk.new_start + (hunk.new_count == 0)
        for line in hunk.lines:
            if line.new is not None:
                before = line.new + 1
            elif line.old is not None:
                yield DeletedLine(line.text, line.old, before, index)


def _check_end(hunk: Hunk, at_end: bool, old_ended: bool, before: bool) -> bool:
    """Return whether the new text ends with a newline, as far as this hunk says. Raises DiffError on a wrong claim."""
    if hunk.old_ends_without_newline and (not at_end or old_ended):
        raise DiffError("the diff says the old text has no newline at its end")
    if not at_end:
        return before
    if not hunk.lines or hunk.old_count == 0:
        return not hunk.new_ends_without_newline
    last_is_old_only = hunk.old_ends_without_newline or hunk.new_ends_without_newline
    if not last_is_old_only and not old_ended:
        raise DiffError("the diff says the old text has a newline at its end")
    return not hunk.new_ends_without_newline


def _lines_of(text: str) -> tuple[list[str], bool]:
    """Split a text into lines and say whether the last one ends with a newline."""
    if not text:
        return [], True
    ended = text.endswith("\n")
    return (text[:-1] if ended else text).split("\n"), ended


def _split(diff: str) -> list[str]:
    return diff.split("\n")


def _all_crlf(lines: Sequence[str]) -> bool:
    """Whether the diff itself was converted to CRLF, header lines included, rather than showing a CRLF file."""
    heads = [line for line in lines if line.startswith(("diff --git ", "@@ -", "+++ "))]
    return bool(heads) and all(line.endswith("\r") for line in heads)


def _span(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start},{count}"
