"""Which version of a file brought each of its lines: along the first of its parents that holds the line. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from asterism.vcs.linediff import TooManyLines, is_text, matching_lines, split_lines

MOST_VERSIONS = 20_000


class Version(NamedTuple):
    """A file in one snapshot, at the path that it has there."""

    snapshot: str
    path: str


class Brought(NamedTuple):
    """Where a line comes from: the version that brought it, and its number there (from 0)."""

    version: Version
    line: int


Parents = Callable[[Version], Sequence[Version]]
"""Returns the same file in the parents of a snapshot, in their order; a parent without it is left out."""

Content = Callable[[Version], bytes]
"""Returns what a version holds."""


def blame(start: Version, content: Content, parents: Parents) -> list[Brought]:
    """Return, for each line of a version, the version that brought it.

    A version that is no text, or too long to be compared, has brought all of its lines.
    """
    total = len(split_lines(content(start)))
    found: list[Brought | None] = [None] * total
    waiting: dict[Version, dict[int, int]] = {start: {number: number for number in range(total)}}
    visited = 0
    while waiting:
        version, lines = waiting.popitem()
        visited += 1
        for parent in parents(version) if visited <= MOST_VERSIONS else ():
            if not lines:
                break
            held = held_lines(content(parent), content(version))
            passed = {held[here]: line for here, line in lines.items() if here in held}
            if passed:
                waiting.setdefault(parent, {}).update(passed)
                lines = {here: line for here, line in lines.items() if here not in held}
        for here, line in lines.items():
            found[line] = Brought(version, here)
    return [one for one in found if one is not None]


def held_lines(old: bytes, new: bytes) -> dict[int, int]:
    """Return the lines of `new` that `old` has too: number in `new` to number in `old`. None where not compared."""
    if old == new:
        return {number: number for number in range(len(split_lines(new)))}
    if not is_text(old) or not is_text(new):
        return {}
    try:
        return {there: here for here, there in matching_lines(old, new).items()}
    except TooManyLines:
        return {}
