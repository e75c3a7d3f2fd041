"""Markdown as sections, and the bullets of a list that both sides may add to; what stands in front of it is YAML."""

import re

from asterism.vcs.structure.pieces import Collection, Item
from asterism.vcs.structure.reader import read

_HEADING = re.compile(rb" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*\r?\n")
_FENCE = re.compile(rb" {0,3}(```+|~~~+)")
_FRONT = re.compile(rb"(---[ \t]*\r?\n)(.*?\n)(---[ \t]*\r?\n)", re.DOTALL)
_BULLET = re.compile(rb"[-*+] +(.*?)\r?\n")


def read_markdown(source: bytes) -> Collection:
    """Return the sections of a text that ends with a line feed. A section holds its text and the sections below it."""
    front = _FRONT.match(source)
    pairs = None if front is None else read("yaml", "", front[2])
    if front is None or pairs is None or pairs.render() != front[2]:
        return _read_sections(source)
    found = _read_sections(source[front.end() :])
    found.items.insert(0, Item("front", "front", False, False, b"", b"", [front[1], pairs, front[3]]))
    return found


def _read_sections(source: bytes) -> Collection:
    lines = [line + b"\n" for line in source.split(b"\n")[:-1]]
    headings: list[tuple[int, int, bytes]] = []
    fence = b""
    for row, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = b"" if fence else mark[1]
        elif not fence and (found := _HEADING.fullmatch(line)):
            headings.append((row, len(found[1]), found[2]))
    return _sections(lines, headings, 0, len(lines))


def _sections(lines: list[bytes], headings: list[tuple[int, int, bytes]], start: int, end: int) -> Collection:
    """Return the text of `start..end` and the sections in it, of which the highest are members.

    Those below stand deeper, so there are six levels at most.
    """
    found = Collection("sections")
    own_end = headings[0][0] if headings else end
    found.items, blank = _paragraphs(lines, start, own_end)
    if not headings:
        found.foot = blank
    top = min((level for _, level, _ in headings), default=0)
    places = [at for at, heading in enumerate(headings) if heading[1] <= top] if headings else []
    if headings and places[:1] != [0]:
        places = list(range(len(headings)))
    seen: dict[bytes, int] = {}
    for number, at in enumerate(places):
        row, _, title = headings[at]
        following = places[number + 1] if number + 1 < len(places) else len(headings)
        last = headings[following][0] if following < len(headings) else end
        inner = _sections(lines, headings[at + 1 : following], row + 1, last)
        seen[title] = seen.get(title, 0) + 1
        key = title.decode("utf-8", "replace")
        item = Item("section", key, True, False, blank, b"", [lines[row], inner], label=key)
        blank, inner.foot = inner.foot, b""
        found.items.append(item)
    if headings:
        found.foot = blank
    for item in found.items:
        if item.kind == "section" and seen[(item.key or "").encode()] > 1:
            item.key, item.movable = None, False
    return found


def _paragraphs(lines: list[bytes], start: int, end: int) -> tuple[list[Item], bytes]:
    """Return the blocks of running text, each with the blank lines in front of it, and the blank lines behind the last.

    Bullets are blocks of their own.
    """
    items: list[Item] = []
    gap = b""
    row = start
    while row < end:
        first = row
        while row < end and not lines[row].strip():
            row += 1
        gap = b"".join(lines[first:row])
        if row == end:
            return items, gap
        text_start = row
        bullet = _BULLET.fullmatch(lines[row])
        row += 1
        while row < end and lines[row].strip() and not (bullet and _BULLET.fullmatch(lines[row])):
            row += 1
        body = b"".join(lines[text_start:row])
        if bullet:
            items.append(Item("bullet", body.decode("utf-8", "replace"), True, False, gap, b"", [body]))
        else:
            items.append(Item("text", None, False, False, gap, b"", [body]))
    return items, b""
