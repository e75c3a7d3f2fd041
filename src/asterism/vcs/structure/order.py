"""The order of merged members: that of the base, with what a side moved moved, and additions where they were added."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from asterism.vcs.structure.pieces import Conflict, Item

START = -1
_RANKS = {"import": 0, "binding": 1, "field": 1}


@dataclass(frozen=True)
class Row:
    """A member and its place on each side, None where it does not exist."""

    id: int
    base: int | None
    ours: int | None
    main: int | None


def in_order(every: Sequence[Row], items: Mapping[int, Item]) -> list[Row]:
    """Return the rows that have an item in the result, in its order.

    Raises Conflict when both sides moved members differently, or added some at one place that stand in an order.
    """
    rows = [row for row in every if row.id in items]
    old = [row for row in rows if row.base is not None]
    skeleton = _skeleton(old)
    places = {row.id: place for place, row in enumerate(skeleton)}
    runs: dict[int, tuple[list[Row], list[Row]]] = {}
    anchors = [_anchors(rows, places, side) for side in (_ours, _main)]
    for row in rows:
        if row.base is None:
            found = [side[row.id] for side in anchors if row.id in side]
            anchor = min(found)
            run = runs.setdefault(anchor, ([], []))
            for number, at in ((0, row.ours), (1, row.main)):
                if at is not None:
                    run[number].append(row)
    # Where a side put something in place of a member that is gone, that member's place in the base still counts.
    gone = {row.id: place for place, row in enumerate(row for row in every if row.base is not None)}
    former = [_anchors(every, gone, side) for side in (_ours, _main)]
    spots = {row.id: min(side[row.id] for side in former if row.id in side) for row in rows if row.base is None}
    out: list[Row] = []
    for place in range(START, len(skeleton)):
        if place >= 0:
            out.append(skeleton[place])
        if place in runs:
            ours, main = runs[place]
            out += _merge_runs(sorted(ours, key=_ours), sorted(main, key=_main), items, spots)
    return out


def _ours(row: Row) -> int:
    return START if row.ours is None else row.ours


def _main(row: Row) -> int:
    return START if row.main is None else row.main


def _skeleton(old: Sequence[Row]) -> list[Row]:
    """Return the members of the base in the order of the side that moved any."""
    ours, main = sorted(old, key=_ours), sorted(old, key=_main)
    if ours == list(old) or ours == main:
        return main
    if main == list(old):
        return ours
    raise Conflict


def _anchors(rows: Sequence[Row], places: Mapping[int, int], at: Callable[[Row], int]) -> dict[int, int]:
    """Return for each addition of a side the place of the member of the skeleton in front of it."""
    found: dict[int, int] = {}
    anchor = START
    for row in sorted((row for row in rows if at(row) != START), key=at):
        if row.id in places:
            anchor = places[row.id]
        else:
            found[row.id] = anchor
    return found


def _merge_runs(ours: list[Row], main: list[Row], items: Mapping[int, Item], spots: Mapping[int, int]) -> list[Row]:
    """Join what both sides added at one place; `spots` are places in the base, members that are gone included."""
    if not set(ours) - set(main):
        return main
    if not set(main) - set(ours):
        return ours
    if not all(items[row.id].movable for row in (*ours, *main)):
        raise Conflict
    if any(spots[one.id] > spots[next_one.id] for run in (ours, main) for one, next_one in pairwise(run)):
        return _by_key(ours, main, items)
    out: list[Row] = []
    for spot in sorted({spots[row.id] for row in (*ours, *main)}):
        here, there = ([row for row in run if spots[row.id] == spot] for run in (ours, main))
        out += _by_kind(here, there, items)
    return out


def _by_kind(ours: list[Row], main: list[Row], items: Mapping[int, Item]) -> list[Row]:
    """Join two runs kind by kind, as far as both have their kinds in the usual order: imports, values, the rest."""
    ranks = [[_RANKS.get(items[row.id].kind, 2) for row in run] for run in (ours, main)]
    if any(rank != sorted(rank) for rank in ranks):
        return _by_key(ours, main, items)
    out: list[Row] = []
    for rank in sorted({*ranks[0], *ranks[1]}):
        here, there = (
            [row for row, of in zip(run, ranks[side], strict=True) if of == rank]
            for side, run in enumerate((ours, main))
        )
        out += _by_key(here, there, items)
    return out


def _by_key(ours: list[Row], main: list[Row], items: Mapping[int, Item]) -> list[Row]:
    """Put two runs in order of key: member by member where both are in it and may be, else one behind the other."""
    every = list(dict.fromkeys([*ours, *main]))
    runs = sorted([ours, main], key=lambda run: [_key(items[row.id]) for row in run])
    if all(items[row.id].sortable for row in every) and all(_is_sorted(run, items) for run in runs):
        return sorted(every, key=lambda row: _key(items[row.id]))
    return list(dict.fromkeys([*runs[0], *runs[1]]))


def _key(item: Item) -> bytes:
    return (item.key or "").encode()


def _is_sorted(run: Sequence[Row], items: Mapping[int, Item]) -> bool:
    keys = [_key(items[row.id]) for row in run]
    return keys == sorted(keys)
