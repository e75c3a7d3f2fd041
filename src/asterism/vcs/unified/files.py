"""What a diff says about one file, with the number of every line on both sides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from asterism.vcs.unified.hunks import Hunk, LineKind, apply
from asterism.vcs.unified.quotes import quote

Operation = Literal["add", "delete", "modify", "rename", "copy"]


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


def _deleted(hunks: Sequence[Hunk]) -> Iterator[DeletedLine]:
    for index, hunk in enumerate(hunks):
        before = hunk.new_start + (hunk.new_count == 0)
        for line in hunk.lines:
            if line.new is not None:
                before = line.new + 1
            elif line.old is not None:
                yield DeletedLine(line.text, line.old, before, index)
