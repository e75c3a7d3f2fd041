"""What has to be true of a merge by structure before it is offered."""

from collections import Counter
from collections.abc import Iterator

from asterism.vcs.structure.inline import BEGINNINGS, names_in
from asterism.vcs.structure.pieces import Collection

PARSES = "parses"
NO_KEY_TWICE = "no_key_twice"
LINES_KEPT = "lines_kept"
SYMMETRIC = "symmetric"
STABLE = "stable"
ALL = (PARSES, NO_KEY_TWICE, LINES_KEPT, SYMMETRIC, STABLE)


def doubled(found: Collection) -> Counter[tuple[str, ...]]:
    """Return the names, and the numbers of enumerations, that stand more than once in a scope, with its path."""
    names = Counter(_names(found, ()))
    return Counter({name: count for name, count in names.items() if count > 1})


def _names(found: Collection, scope: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for item in found.items:
        name = (*scope, item.kind, item.label)
        if item.label:
            yield name
        if item.value:
            yield (*scope, item.kind, "=", item.value)
        for inner in item.collections:
            yield from _names(inner, name)


def lines_kept(base: bytes, ours: bytes, main: bytes, result: bytes) -> bool:
    """Say whether every line that a side added is there, and every one that a side alone removed is gone.

    Blank lines do not count, nor does the comma at the end of a line. A line that both sides made of one line, a list
    of names, counts as kept when a line of the result has all of its names.
    """
    before, here, there, after = (_lines(text) for text in (base, ours, main, result))
    for line in before.keys() | here.keys() | there.keys() | after.keys():
        old, one, other = before[line], here[line] - before[line], there[line] - before[line]
        low = old + min(one + other, max(one, other) if min(one, other) >= 0 else min(one, other))
        high = old + max(one + other, min(one, other) if max(one, other) <= 0 else max(one, other))
        if not low <= after[line] <= high and not _joined(line, after, before, here, there):
            return False
    return True


def _lines(text: bytes) -> Counter[bytes]:
    return Counter(line for raw in text.split(b"\n") if (line := raw.strip().removesuffix(b",").rstrip()))


def _joined(line: bytes, after: Counter[bytes], *sides: Counter[bytes]) -> bool:
    """Say whether a line belongs to a list of names that was joined from both sides."""
    if not line.startswith(BEGINNINGS) and not line.endswith(b"]"):
        return False
    new = [found for found in after if all(found not in side for side in sides)]
    return line in new or any(len(names_in(line) & names_in(found)) >= 3 for found in new)
