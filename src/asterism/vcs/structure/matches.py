"""Which items of two collections are the same one: by key, by equal text, then by similarity."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from asterism.vcs.content import hash_bytes
from asterism.vcs.linediff import matching_lines
from asterism.vcs.structure.pieces import Item

ALIKE = 0.6
MAX_PAIRS = 2500
_WORD, _MARK = re.compile(rb"\w+"), re.compile(rb"[^\w\s]")


def match_items(old: Sequence[Item], new: Sequence[Item]) -> dict[int, int]:
    """Return old index to new index, one to one."""
    by_key = {(item.kind, item.key): at for at, item in enumerate(new) if item.key is not None}
    found = {
        at: by_key[item.kind, item.key]
        for at, item in enumerate(old)
        if item.key is not None and (item.kind, item.key) in by_key
    }
    _match_texts(old, new, found)
    found.update(_similar(old, new, found))
    return found


def _match_texts(old: Sequence[Item], new: Sequence[Item], found: dict[int, int]) -> None:
    """Match what is left by equal text, keeping the order."""
    taken = set(found.values())
    one = [at for at, item in enumerate(old) if at not in found]
    other = [at for at in range(len(new)) if at not in taken]
    texts = [
        b"".join(hash_bytes(items[at].body).encode() + b"\n" for at in places)
        for items, places in ((old, one), (new, other))
    ]
    found.update({one[here]: other[there] for here, there in matching_lines(*texts).items()})


def _similar(old: Sequence[Item], new: Sequence[Item], found: dict[int, int]) -> list[tuple[int, int]]:
    """Pair what is left between the same neighbours, of the same kind, the most alike first."""
    pairs: list[tuple[int, int]] = []
    for ones, others in _gaps(len(old), len(new), found):
        if len(ones) * len(others) > MAX_PAIRS:
            continue
        words = {(0, at): _words(old[at]) for at in ones} | {(1, at): _words(new[at]) for at in others}
        scored = sorted(
            (-_alike(words[0, one], words[1, other]), abs(one - other), one, other)
            for one in ones
            for other in others
            if old[one].kind == new[other].kind
        )
        taken: set[tuple[int, int]] = set()
        for score, _, one, other in scored:
            alone = len(ones) == len(others) == 1 and bool(old[one].collections and new[other].collections)
            if (alone or -score >= ALIKE) and (0, one) not in taken and (1, other) not in taken:
                taken |= {(0, one), (1, other)}
                pairs.append((one, other))
    return pairs


def _gaps(old: int, new: int, found: dict[int, int]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the unmatched places between neighbours that are matched in order."""
    taken = set(found.values())
    at_old = at_new = 0
    for one, other in [*sorted(found.items()), (old, new)]:
        if other < at_new:
            continue
        ones = [at for at in range(at_old, one) if at not in found]
        others = [at for at in range(at_new, other) if at not in taken]
        if ones and others:
            yield ones, others
        at_old, at_new = one + 1, other + 1


def _words(item: Item) -> Counter[bytes]:
    """Count the words of an item; of one that has a name only them, since all of its like have the same marks."""
    text = item.body[:65536]
    words = Counter(_WORD.findall(text))
    return words if item.key is not None else words + Counter(_MARK.findall(text))


def _alike(one: Counter[bytes], other: Counter[bytes]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0
