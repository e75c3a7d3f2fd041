"""Which files that vanished are those that appeared: the same bytes, or enough of the same lines."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from asterism.vcs.linediff import MAX_BYTES, is_text, split_lines
from asterism.vcs.manifest import Entry
from asterism.vcs.merge.models import Read

MAX_CANDIDATES = 1000
SHARED_PERCENT = 60
_READ_BYTES = 64 * 1024 * 1024
_ALL_PAIRS = 20_000
_RARE = 20

Lines = Counter[bytes]


def pair_files(vanished: Sequence[Entry], appeared: Sequence[Entry], read: Read, *, edited: bool) -> dict[str, str]:
    """Return old path to new path of the files that were renamed, one to one.

    Equal blobs are paired first; then, where `edited`, texts that share at least 60 % of the lines of the larger one,
    best pairs first, among at most 1,000 files a side. Empty files are nobody's rename.
    """
    found = _equal_blobs(vanished, appeared)
    if not edited:
        return found
    taken = set(found.values())
    old = [entry for entry in vanished if entry.path not in found and entry.size][:MAX_CANDIDATES]
    new = [entry for entry in appeared if entry.path not in taken and entry.size][:MAX_CANDIDATES]
    if old and new:
        old_lines, new_lines = _lines(old, read), _lines(new, read)
        scored = [
            (-_score(old_lines[one], new_lines[other]), _distance(one, other), one, other)
            for one, other in _promising(old_lines, new_lines)
        ]
        for score, _, one, other in sorted(scored):
            if -score >= SHARED_PERCENT and one not in found and other not in taken:
                found[one] = other
                taken.add(other)
    return found


def _equal_blobs(vanished: Iterable[Entry], appeared: Iterable[Entry]) -> dict[str, str]:
    by_hash: dict[str, list[str]] = {}
    for entry in appeared:
        if entry.size:
            by_hash.setdefault(entry.hash, []).append(entry.path)
    found: dict[str, str] = {}
    for entry in vanished:
        paths = by_hash.get(entry.hash)
        if paths:
            nearest = min(paths, key=lambda path: (_distance(entry.path, path), path))
            paths.remove(nearest)
            found[entry.path] = nearest
    return found


def _distance(one: str, other: str) -> int:
    """Return how far apart two paths are: the same name in another folder is nearest, then the same folder."""
    if one.rpartition("/")[2] == other.rpartition("/")[2]:
        return 0
    return 1 if one.rpartition("/")[0] == other.rpartition("/")[0] else 2


def _lines(entries: Sequence[Entry], read: Read) -> dict[str, Lines]:
    """Return the lines of those files that are text, as far as 64 MiB go."""
    chosen, total = [], 0
    for entry in entries:
        if entry.size <= MAX_BYTES and total + entry.size <= _READ_BYTES:
            chosen.append(entry)
            total += entry.size
    contents = read(list(dict.fromkeys(entry.hash for entry in chosen)))
    return {
        entry.path: Counter(split_lines(contents[entry.hash]))
        for entry in chosen
        if entry.hash in contents and is_text(contents[entry.hash])
    }


def _score(one: Lines, other: Lines) -> int:
    """Return how many percent of the larger one's lines both have, rounded down."""
    if len(one) > len(other):
        one, other = other, one
    shared = sum(min(count, other[line]) for line, count in one.items() if line in other)
    return 100 * shared // max(one.total(), other.total(), 1)


def _promising(old: Mapping[str, Lines], new: Mapping[str, Lines]) -> Iterator[tuple[str, str]]:
    """Yield the pairs worth scoring: all of a few, and of many those that share a line which few files have."""
    sizes = {path: lines.total() for path, lines in (*old.items(), *new.items())}
    if len(old) * len(new) <= _ALL_PAIRS:
        pairs = {(one, other) for one in old for other in new}
    else:
        holders: dict[bytes, list[str]] = {}
        for path, lines in new.items():
            for line in lines:
                holders.setdefault(line, []).append(path)
        pairs = {
            (one, other)
            for one, lines in old.items()
            for line in lines
            if len(holders.get(line, ())) <= _RARE
            for other in holders.get(line, ())
        }
    for one, other in sorted(pairs):
        if 100 * min(sizes[one], sizes[other]) >= SHARED_PERCENT * max(sizes[one], sizes[other]):
            yield one, other
