"""Hunks: runs of changed lines with their numbers on both sides, and applying them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from asterism.vcs.unified.errors import DiffError

LineKind = Literal["context", "added", "deleted"]
_SIGNS: dict[LineKind, str] = {"context": " ", "added": "+", "deleted": "-"}


class Line(NamedTuple):
    """One line of a hunk. `old` and `new` are its 1-based numbers, None on the side where it does not exist."""

    kind: LineKind
    text: str
    old: int | None
    new: int | None


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


def _span(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start},{count}"
