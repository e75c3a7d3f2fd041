"""Lists of names on one line, which both sides changed.

Such are `from a import b, c`, `use a::{b, c};` and `import {a} from "b"`.
"""

import re

from asterism.vcs.structure.pieces import Item

_PYTHON = re.compile(rb"(?P<head>\s*from\s+[\w.]+\s+import\s+)(?P<list>[\w \t,]+?)(?P<tail>\s*(?:#.*)?\n?)", re.DOTALL)
_BRACES = re.compile(
    rb"(?P<head>(?:\s*(?:import|export|(?:pub\s+)?use)\b[^{}\n]*\{\s*))(?P<list>[^{}\n]*?)(?P<tail>\s*,?\s*\}[^{}\n]*\n?)"
)
_STRINGS = re.compile(
    rb"""(?P<head>[^\n\[\]]*\[\s*)(?P<list>(?:"[^"\\\n]*"\s*,?\s*|'[^'\n]*'\s*,?\s*)*?)(?P<tail>\s*\][^\n\[\]]*\n?)"""
)
_NAME = re.compile(rb"""\s*("[^"]*"|'[^']*'|[^,"']+?)\s*(?:,|$)""")


def merge_list(base: Item, ours: Item, main: Item, *, sets: bool = False) -> bytes | None:
    """Return the line with the names that both sides have in the end, None when it is no such line, or more changed.

    Names are in order of the alphabet where all three lists are; else the new ones come last, in that order. `sets`
    says that lists of strings are sets.
    """
    if base.kind in ("import", "export"):
        found = [_BRACES.fullmatch(item.body) or _PYTHON.fullmatch(item.body) for item in (base, ours, main)]
    elif base.kind == "pair" and sets:
        found = [_STRINGS.fullmatch(item.body) for item in (base, ours, main)]
    else:
        return None
    lines = [match for match in found if match is not None]
    if len(lines) < 3 or len({(match["head"], match["tail"]) for match in lines}) > 1:
        return None
    lists = [_NAME.findall(match["list"]) for match in lines]
    if any(len(set(names)) < len(names) for names in lists):
        return None
    old, here, there = lists
    kept = [name for name in old if name in here and name in there]
    if any([name for name in names if name in kept] != kept for names in (here, there)):
        return None
    added = {name for name in (*here, *there) if name not in old}
    order = next((key for key in (bytes, bytes.lower) if all(names == sorted(names, key=key) for names in lists)), None)
    names = [*kept, *sorted(added)] if order is None else sorted([*kept, *sorted(added)], key=order)
    if not names:
        return None
    separator = b", " if b", " in b"".join(match["list"] for match in lines) or b"," not in lines[0]["list"] else b","
    return lines[0]["head"] + separator.join(names) + lines[0]["tail"]


def names_in(line: bytes) -> set[bytes]:
    """Return the words of a line, for telling whether a joined line has them all."""
    return set(re.findall(rb"[\w$]+", line))
