"""The merge of three collections: members matched, merged each by itself, and put in one order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from asterism.vcs.linediff import TooManyLines
from asterism.vcs.lines import Settle, merge_lines, settled
from asterism.vcs.structure.gaps import gap_between
from asterism.vcs.structure.matches import match_items
from asterism.vcs.structure.order import Row, in_order
from asterism.vcs.structure.pieces import Collection, Conflict, Item

T = TypeVar("T")


@dataclass(frozen=True)
class Rules:
    """What holds for the whole file.

    `join_added` merges members of one name that both sides added (data, no code); `settle` joins lists on one line.
    """

    join_added: bool = False
    settle: Settle | None = None


def merge_collections(base: Collection, ours: Collection, main: Collection, rules: Rules) -> Collection:
    """Return the merged collection. Raises Conflict."""
    rows = _rows(base, ours, main)
    _refuse_respaced(rows, base, ours, main)
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
    _refuse_parts([ours.items[at] for at in added_ours], [main.items[at] for at in added_main])
    paired = set(pairs.values())
    for at in added_ours:
        rows.append(Row(len(rows), None, at, pairs.get(at)))
    for at in added_main:
        if at not in paired:
            rows.append(Row(len(rows), None, None, at))
    return rows


_ALIGNED = frozenset({"field_declaration", "const_spec", "var_spec"})  # of Go, which its tool puts into columns


def _refuse_respaced(rows: Sequence[Row], base: Collection, ours: Collection, main: Collection) -> None:
    """Refuse to add members of one side to those that the other side has indented or aligned anew. Raises Conflict."""
    for mine, theirs, side in (("ours", "main", ours), ("main", "ours", main)):
        added = any(row.base is None and getattr(row, mine) is None for row in rows)
        places = [(row.base, getattr(row, mine)) for row in rows if added and row.base is not None]
        if any(at is not None and _is_respaced(base.items[old], side.items[at]) for old, at in places):
            raise Conflict(f"{theirs} adds what {mine} would write otherwise")


def _is_respaced(old: Item, new: Item) -> bool:
    one, other = old.body, new.body
    if one == other or one.split() != other.split():
        return False
    return old.kind in _ALIGNED or len(one) - len(one.lstrip()) != len(other) - len(other.lstrip())


def _refuse_parts(ours: Sequence[Item], main: Sequence[Item]) -> None:
    """Refuse declarations of CSS of which one says a part of the other: which comes last decides. Raises Conflict."""
    here, there = ({item.key for item in items if item.kind == "declaration" and item.key} for items in (ours, main))
    for one, other in ((here, there), (there, here)):
        if any(key.startswith(f"{whole}-") for key in one for whole in other if not whole.startswith("--")):
            raise Conflict


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
    same = _unchanged_side(old.body, here.body, there.body)
    if same is not None:
        return [same]
    kinds = [[part.kind for part in item.collections] for item in (old, here, there)]
    if kinds[0] and kinds[0] == kinds[1] == kinds[2]:
        try:
            return [_merge_part(*three, rules) for three in zip(old.parts, here.parts, there.parts, strict=True)]
        except Conflict:
            pass  # the lines of the whole may still merge
    return [merge_text(old.body, here.body, there.body, rules.settle)]


def _merge_part(
    old: bytes | Collection, here: bytes | Collection, there: bytes | Collection, rules: Rules
) -> bytes | Collection:
    if isinstance(old, Collection) and isinstance(here, Collection) and isinstance(there, Collection):
        return merge_collections(old, here, there, rules)
    if isinstance(old, bytes) and isinstance(here, bytes) and isinstance(there, bytes):
        return merge_text(old, here, there, rules.settle)
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


def merge_text(base: bytes, ours: bytes, main: bytes, settle: Settle | None = None) -> bytes:
    """Merge texts by lines; what conflicts, `settle` may settle. Raises Conflict."""
    same = _unchanged_side(base, ours, main)
    if same is not None:
        return same
    try:
        merge = merge_lines(base, ours, main)
    except TooManyLines:
        raise Conflict from None
    merged = merge.content
    if merged is None and settle is not None:
        merged = settled(merge, base, ours, main, settle)
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
