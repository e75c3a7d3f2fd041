"""Blank lines between members, as the sides have them."""

from collections.abc import Sequence

from asterism.vcs.structure.order import Row
from asterism.vcs.structure.pieces import Collection


def gap_between(before: Row | None, row: Row, sides: Sequence[Collection]) -> bytes:
    """Return the blank lines between two neighbours of the result, or in front of the first member.

    Neighbours of a side keep the gap that they have there, a change of it wins. Others have the gap that the second
    has in front of it elsewhere, or else the one that the first has behind it.
    """
    base, ours, main = (
        _gap(side, None if before is None else _at(before, number), _at(row, number), first=before is None)
        for number, side in enumerate(sides)
    )
    if ours is not None and main is not None:
        if ours == base:
            return main
        return ours if main == base else max(ours, main, key=len)
    if ours is not None or main is not None:
        return ours or main or b""
    if before is None:
        return b""
    for find, other in ((_before, row), (_after, before)):
        found = [gap for number, side in enumerate(sides) if (gap := find(side, _at(other, number))) is not None]
        if found:
            return max(found, key=len)
    return b""


def _at(row: Row, side: int) -> int | None:
    return (row.base, row.ours, row.main)[side]


def _gap(side: Collection, before: int | None, at: int | None, *, first: bool) -> bytes | None:
    if at is None or (before is None and not first):
        return None
    return side.items[at].gap if at == (0 if first else (before or 0) + 1) else None


def _before(side: Collection, at: int | None) -> bytes | None:
    return side.items[at].gap if at else None


def _after(side: Collection, at: int | None) -> bytes | None:
    return side.items[at + 1].gap if at is not None and at + 1 < len(side.items) else None
