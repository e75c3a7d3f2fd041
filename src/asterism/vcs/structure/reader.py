"""From a syntax tree to collections and items, by the tables of the languages."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from asterism.vcs.structure.grammars import parse
from asterism.vcs.structure.languages import Language, Member, language
from asterism.vcs.structure.pieces import Collection, Item

MAX_DEPTH = 40
_OPENING, _CLOSING = frozenset({"(", "[", "{", "start_tag"}), frozenset({")", "]", "}", "end_tag"})
_BLANK_LINES = re.compile(rb"(?:[ \t\r\f]*\n)*")


def read(name: str, path: str, source: bytes) -> Collection | None:
    """Return the top collection of a source in the language `name`, None when it has errors or cannot be parsed.

    `source` ends with a line feed or is empty.
    """
    tree = parse(name, source)
    if tree is None:
        return None
    reader = _Reader(source, language(name, path))
    if tree.root_node.type in reader.language.collections:
        return reader.collection(tree.root_node, None, 0)
    return reader.whole(tree.root_node)


@dataclass
class _Group:
    """Nodes that share lines, and so are one item."""

    nodes: list[Node]
    first_row: int
    last_row: int


class _Reader:
    def __init__(self, source: bytes, language: Language) -> None:
        self.source = source
        self.language = language
        self.starts = [0] + [found.end() for found in re.finditer(rb"\n", source)]

    def offset(self, row: int) -> int:
        return self.starts[row] if row < len(self.starts) else len(self.source)

    def collection(self, node: Node, owner: Node | None, depth: int) -> Collection | None:
        """Return a node as a collection, None when its members do not stand on lines of their own."""
        shape = self.language.collections.get(node.type)
        if shape is None or depth > MAX_DEPTH:
            return None
        members, first_row, end_row = self._interior(node)
        if members is None:
            return None
        groups = self._groups(members, first_row, end_row)
        if groups is None:
            return None
        found = Collection(node.type, shape.commas)
        at, end = self.offset(first_row), self.offset(end_row)
        member = Member(node, node, owner, None, self.language.fixed(node))
        for group in groups:
            member = member._replace(node=group.nodes[0])
            item_start = self.offset(group.first_row)
            item_end = min(self.offset(group.last_row + 1), end)
            item = self._item(group, member, at, item_start, item_end, shape.commas, depth)
            member = member._replace(before=group.nodes[-1])
            if not found.items:
                found.head = self._split_head(item, top=node.parent is None)
            found.items.append(item)
            at = item_end
        found.foot = self.source[at:end]
        _drop_double_keys(found)
        return found

    def whole(self, root: Node) -> Collection:
        """Return a source that is no collection itself as the one item of one."""
        return Collection(
            "whole", items=[Item(root.type, None, False, False, b"", b"", self._parts(root, 0, len(self.source), 0))]
        )

    def span(self, node: Node) -> tuple[int, int]:
        """Return the bytes from the first line of a collection's members to the end of the last one."""
        _, first_row, end_row = self._interior(node)
        return self.offset(first_row), self.offset(end_row)

    def _interior(self, node: Node) -> tuple[list[Node] | None, int, int]:
        """Return the members, the first row inside, and the row after the last one; no members: not by lines."""
        children = node.children
        opening = next((i for i, child in enumerate(children) if child.type in _OPENING), None)
        if opening is not None and not node.parent:
            opening = None
        if opening is not None and children[-1].type in _CLOSING:
            inside = children[opening + 1 : -1]
            first, last = _last_row(children[opening]) + 1, children[-1].start_point.row
            return (inside, first, last) if last >= first else (None, 0, 0)
        if node.parent is None:
            return children, 0, len(self.starts)
        skip = self.language.collections[node.type].skip
        inside = [child for child in children if child.is_named][skip:]
        while inside and inside[0].type in self.language.comments:
            inside.pop(0)
        if not inside:
            return None, 0, 0
        return inside, inside[0].start_point.row, max(map(_last_row, inside)) + 1

    def _without_blank_lines(self, first: int, last: int) -> int:
        """Return the last row of `first..last` that is not blank; some nodes take blank lines behind them along."""
        while last > first and not self.source[self.offset(last) : self.offset(last + 1)].strip():
            last -= 1
        return last

    def _groups(self, members: Sequence[Node], first_row: int, end_row: int) -> list[_Group] | None:
        groups: list[_Group] = []
        pending: int | None = None  # first row of attributes that belong to the member behind them
        for child in members:
            row = child.start_point.row
            last = self._without_blank_lines(row, _last_row(child))
            if row < first_row or last >= end_row:
                return None
            if not child.is_named:
                if (
                    child.type not in (",", ";", "\n")
                    or not groups
                    or (child.type != "\n" and groups[-1].last_row != row)
                ):
                    return None
                continue
            if child.type in self.language.comments:
                if groups and groups[-1].last_row == row:
                    groups[-1].last_row = max(last, groups[-1].last_row)
                continue
            if child.type in self.language.attributes:
                pending = row if pending is None else pending
                continue
            start = row if pending is None else pending
            pending = None
            if groups and groups[-1].last_row >= start:
                groups[-1].nodes.append(child)
                groups[-1].last_row = max(last, groups[-1].last_row)
                continue
            if self.source[self.offset(start) : child.start_byte if start == row else self.offset(start)].strip():
                return None
            groups.append(_Group([child], start, last))
        return groups if pending is None else None

    def _item(self, group: _Group, member: Member, at: int, start: int, end: int, commas: bool, depth: int) -> Item:
        gap_end = _BLANK_LINES.match(self.source, at, start).end()  # type: ignore[union-attr]
        only = member.node
        single = len(group.nodes) == 1
        named = self.language.name(member) if single else None
        cut = end
        comma = False
        rest = b""
        if commas:
            cut = group.nodes[-1].end_byte
            rest = self.source[cut:end]
            comma = rest.lstrip().startswith(b",")
            if comma:
                rest = rest[: len(rest) - len(rest.lstrip())] + rest.lstrip()[1:]
        return Item(
            kind=named.kind if named else "mixed" if not single else only.type,
            key=named.key if named else None,
            movable=named is not None and named.movable,
            sortable=named is not None and named.sortable,
            gap=self.source[at:gap_end],
            lead=self.source[gap_end:start],
            parts=self._parts(only, start, cut, depth) if single else [self.source[start:cut]],
            comma=comma,
            rest=rest,
            label=named.key if named else "",
            value=named.value if named else "",
        )

    def _parts(self, node: Node, start: int, end: int, depth: int) -> list[bytes | Collection]:
        """Cut an item's text at the outermost collections inside it that go over several lines."""
        parts: list[bytes | Collection] = []
        at = start
        queue = [(node, node, 0)]
        while queue:
            current, owner, deep = queue.pop()
            flat = current.start_point.row == current.end_point.row == node.start_point.row
            if (flat and node.parent is not None) or deep > MAX_DEPTH:
                continue
            found = self.collection(current, owner, depth + 1)
            first, last = (0, 0) if found is None else self.span(current)
            if found is not None and first >= at and last <= end:
                parts += [self.source[at:first], found]
                at = last
                continue
            around = current if current.type in self.language.owners else owner
            queue += [(child, around, deep + 1) for child in reversed(current.named_children)]
        parts.append(self.source[at:end])
        return parts

    def _split_head(self, item: Item, *, top: bool) -> bytes:
        """Take from the first item what belongs to the whole: a header comment, apart from the item by a blank line."""
        text = item.gap + item.lead
        if not top or not item.lead:
            return b""
        cut = max((found.end() for found in re.finditer(rb"\n[ \t\r]*\n", text)), default=0)
        if item.kind in self.language.imports or text.startswith(b"#!"):
            cut = len(text)
        item.gap, item.lead = b"", text[cut:]
        return text[:cut]


def _last_row(node: Node) -> int:
    """Return the last row that a node has text on; some end in front of the next row's first column."""
    row, column = node.end_point
    return row - 1 if column == 0 and row > node.start_point.row else row


def _drop_double_keys(found: Collection) -> None:
    """Take the names from items that share theirs: which is which could only be guessed."""
    count = Counter((item.kind, item.key) for item in found.items if item.key is not None)
    for item in found.items:
        if item.key is not None and count[item.kind, item.key] > 1:
            item.key, item.movable = None, False
