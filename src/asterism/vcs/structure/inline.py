"""Lists of names on one line, which both sides changed.

Such are `from a import b, c`, `use a::{b, c};`, `import {a} from "b"`, `const {a} = require("b")`, `#[derive(A)]`.
"""

import re
from collections.abc import Sequence

_NAMES = (
    re.compile(rb"(?P<head>\s*from\s+[\w.]+\s+import\s+)(?P<list>[\w \t,]+?)(?P<tail>\s*(?:#.*)?\n?)", re.DOTALL),
    re.compile(
        rb"(?P<head>\s*(?:import|export|(?:pub\s+)?use)\b[^{}\n]*\{\s*)(?P<list>[^{}\n]*?)(?P<tail>\s*,?\s*\}[^{}\n]*\n?)"
    ),
    re.compile(
        rb"(?P<head>\s*(?:const|let|var)\s*\{\s*)(?P<list>[\w$ \t,]*?)"
        rb"(?P<tail>\s*,?\s*\}\s*=\s*require\([^()\n]*\);?\s*\n?)"
    ),
    re.compile(rb"(?P<head>\s*#\[derive\(\s*)(?P<list>[\w:, \t]*?)(?P<tail>\s*,?\s*\)\]\s*\n?)"),
)
_STRINGS = re.compile(
    rb"""(?P<head>[^\n\[\]]*\[\s*)(?P<list>(?:"[^"\\\n]*"\s*,?\s*|'[^'\n]*'\s*,?\s*)*?)(?P<tail>\s*\][^\n\[\]]*\n?)"""
)
_NAME = re.compile(rb"""\s*("[^"]*"|'[^']*'|[^,"']+?)\s*(?:,|$)""")
BEGINNINGS = (b"from ", b"import ", b"export ", b"use ", b"pub use ", b"const ", b"let ", b"var ", b"#[derive(")


def join_names(base: Sequence[bytes], ours: Sequence[bytes], main: Sequence[bytes]) -> bytes | None:
    """Settle a conflict of one line each that names what is imported or derived; None when it is no such line."""
    return next((line for pattern in _NAMES if (line := _joined(pattern, base, ours, main)) is not None), None)


def join_sets(base: Sequence[bytes], ours: Sequence[bytes], main: Sequence[bytes]) -> bytes | None:
    """Settle a conflict of one line each that holds a list of strings which is a set."""
    return _joined(_STRINGS, base, ours, main)


def _joined(pattern: re.Pattern[bytes], *sides: Sequence[bytes]) -> bytes | None:
    """Return the line with the names that both sides have in the end, None when more than them changed.

    Names are in order of the alphabet where all three lists are; else the new ones come last, in that order.
    """
    found = [pattern.fullmatch(side[0]) for side in sides if len(side) == 1]
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
