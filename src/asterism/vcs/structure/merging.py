"""The merge of three collections: members matched, merged each by itself, and put in one order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from asterism.vcs.linediff import TooManyLines
from asterism.vcs.lines import merge_lines
from asterism.vcs.structure.inline import merge_list
from asterism.vcs.structure.matching import match_items
from asterism.vcs.structure.ordering import Row, in_order
from asterism.vcs.structure.pieces import Collection, Conflict, Item
from asterism.vcs.structure.spacing import gap_between

T = TypeVar("T")


@dataclass(frozen=True)
class Rules:
    """What holds for the whole file.

    `join_added` merges members of one name that both sides added (data, no code); `sets` joins lists of strings on one
    line, as manifests have them.
    """

    join_added: bool = False
    sets: bool = False


def merge_collections(base: Collection, ours: Collection, main: Collection, rules: Rules) -> Collection:
    """Return the merged collection. Raises Conflict."""
    rows = _rows(base, ours, main)
    merged: dict[int, Item] = {}
    for row in rows:
        item = _merge_row(row, base, ours, main, rules)
        if item is not None:
            merged[row.id] = item
    order = in_order(rows, merged)
    result = Collection(
        main.kind,
        base.commas,
        head=merge_text(base.head, ours.head, main.head),
        foot=_merge_foot(base.foot, ours.foot, main.foot),
    )
    for place, row in enumerate(order):
        before = order[place - 1] if place else None
        result.items.append(replace(merged[row.id], gap=gap_between(before, row, (base, ours, main))))
    if result.commas:
        _set_commas(result, base, ours, main)
    return result


def _rows(base: Collection, ours: Collection, main: Collection) -> list[Row]:
    """Return one row for every member that any side has, with its place on each."""
    to_ours, to_main = match_items(base.items, ours.items), match_items(base.items, main.items)
    rows = [Row(at, at, to_ours.get(at), to_main.get(at)) for at in range(len(base.items))]
    known_ours, known_main = set(to_ours.values()), set(to_main.values())
    added_ours = [at for at in range(len(ours.items)) if at not in known_ours]
    added_main = [at for at in range(len(main.items)) if at not in known_main]
    both = _added_alike([ours.items[at] for at in added_ours], [main.items[at] for at in added_main])
    pairs = {added_ours[one]: added_main[other] for one, other in both.items()}
    paired = set(pairs.values())
    for at in added_ours:
        rows.append(Row(len(rows), None, at, pairs.get(at)))
    for at in added_main:
        if at not in paired:
            rows.append(Row(len(rows), None, None, at))
    return rows


def _added_alike(ours: Sequence[Item], main: Sequence[Item]) -> dict[int, int]:
    """Match what both sides added: by key, or by the very same text."""
    return {
        one: other
        for one, other in match_items(ours, main).items()
        if (ours[one].key is not None and ours[one].key == main[other].key) or ours[one].body == main[other].body
    }


def _merge_row(row: Row, base: Collection, ours: Collection, main: Collection, rules: Rules) -> Item | None:
    """Return what becomes of one member, None when it goes."""
    old = None if row.base is None else base.items[row.base]
    here = None if row.ours is None else ours.items[row.ours]
    there = None if row.main is None else main.items[row.main]
    if old is None:
        if here is None or there is None:
            return here or there
        return _merge_added(here, there, rules)
    if here is None or there is None:
        left = here or there
        if left is not None and left.body != old.body:
            raise Conflict
        return None
    return merge_items(old, here, there, rules)


def _merge_added(here: Item, there: Item, rules: Rules) -> Item:
    if here.body == there.body:
        return _joined(here, merge_text(b"", here.lead, there.lead), there.parts, here.rest)
    if not rules.join_added or len(here.collections) != 1 or _outline(here) != _outline(there):
        raise Conflict
    one, other = here.collections[0], there.collections[0]
    inner = merge_collections(Collection(one.kind, one.commas), one, other, rules)
    return _joined(here, merge_text(b"", here.lead, there.lead), _filled(here, [inner]), here.rest)


def merge_items(old: Item, here: Item, there: Item, rules: Rules) -> Item:
    """Merge one member of three. Raises Conflict."""
    lead = merge_text(old.lead, here.lead, there.lead)
    rest = merge_text(old.rest, here.rest, there.rest)
    named = there if here.body == old.body else here
    return _joined(named, lead, _merge_parts(old, here, there, rules), rest)


def _joined(like: Item, lead: bytes, parts: list[bytes | Collection], rest: bytes) -> Item:
    return Item(like.kind, like.key, like.movable, like.sortable, b"", lead, parts, like.comma, rest, like.label)


def _merge_parts(old: Item, here: Item, there: Item, rules: Rules) -> list[bytes | Collection]:
    settled = _unchanged_side(old.body, here.body, there.body)
    if settled is not None:
        return [settled]
    kinds = [[part.kind for part in item.collections] for item in (old, here, there)]
    if kinds[0] and kinds[0] == kinds[1] == kinds[2]:
        try:
            return [_merge_part(*three, rules) for three in zip(old.parts, here.parts, there.parts, strict=True)]
        except Conflict:
            pass  # the lines of the whole may still merge
    try:
        return [merge_text(old.body, here.body, there.body)]
    except Conflict:
        joined = merge_list(old, here, there, sets=rules.sets)
        if joined is None:
            raise
        return [joined]


def _merge_part(
    old: bytes | Collection, here: bytes | Collection, there: bytes | Collection, rules: Rules
) -> bytes | Collection:
    if isinstance(old, Collection) and isinstance(here, Collection) and isinstance(there, Collection):
        return merge_collections(old, here, there, rules)
    if isinstance(old, bytes) and isinstance(here, bytes) and isinstance(there, bytes):
        return merge_text(old, here, there)
    raise Conflict


def _outline(item: Item) -> list[bytes]:
    return [part for part in item.parts if isinstance(part, bytes)]


def _filled(item: Item, collections: list[Collection]) -> list[bytes | Collection]:
    rest = iter(collections)
    return [part if isinstance(part, bytes) else next(rest) for part in item.parts]


def _unchanged_side(base: T, ours: T, main: T) -> T | None:
    """Return the merge where one side changed nothing, or both did the same."""
    if ours in (base, main):
        return main
    return ours if base == main else None


def merge_text(base: bytes, ours: bytes, main: bytes) -> bytes:
    """Merge texts by lines. Raises Conflict."""
    settled = _unchanged_side(base, ours, main)
    if settled is not None:
        return settled
    try:
        merged = merge_lines(base, ours, main).content
    except TooManyLines:
        raise Conflict from None
    if merged is None:
        raise Conflict
    return merged


def _merge_foot(base: bytes, ours: bytes, main: bytes) -> bytes:
    if not ours.strip() and not main.strip():
        settled = _unchanged_side(base, ours, main)
        return max(ours, main, key=len) if settled is None else settled
    return merge_text(base, ours, main)


def _set_commas(result: Collection, *sides: Collection) -> None:
    """Part the items by commas; whether the last one has one is itself merged."""
    last = [side.items[-1].comma if side.items else None for side in sides]
    base, ours, main = last
    trailing = next(
        (known for known in ((main if ours in (base, None) else ours), ours, main) if known is not None), False
    )
    for item in result.items:
        item.comma = True
    if result.items:
        result.items[-1].comma = trailing
