"""What differs between the texts of two manifests, without reading the entries that they share.

Manifests of one tree, one push after the other, share almost every entry, byte for byte. Where both have the layout of
the canonical form, running along the two texts and meeting again after each difference finds the few entries that
differ at the speed of comparing memory.
"""

import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from asterism.vcs.manifest import Entry

HEAD = b'{\n  "version": "1",\n  "files": [\n'
TAIL = b"\n    }\n  ]\n}"
END = b"\n    },\n"
"""What stands after every entry but the last (which `TAIL` ends); it can stand nowhere else, as strings hold no LF."""

BLOCK = 1 << 16
LOOK_AHEAD_ENTRIES = 200
LOOK_AHEAD_BYTES = 1 << 18

_STRING = rb'"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"'
_ENTRY = rb"".join(
    (
        rb'    \{\n      "type": "(?:file|dir|symlink)",\n      "path": ',
        _STRING,
        rb'(?:,\n      "hash": "[0-9a-f]{64}")?(?:,\n      "size": [0-9]++)?(?:,\n      "mode": [0-9]++)?',
        rb'(?:,\n      "target": ',
        _STRING,
        rb")?",
    )
)
_PATH = re.compile(rb'\n      "path": "(.*)"')
_ENTRIES = re.compile(rb"(?:" + _ENTRY + rb"\n    \},\n)*+")
_decoder = msgspec.json.Decoder(list[Entry])


@dataclass(frozen=True, slots=True)
class ManifestDelta:
    """The entries that lead from one manifest to another: the second is the first without `removed`, with `added`.

    `in_order` says that the second can be spliced (`vcs/splice.py`), if the first can.
    """

    removed: list[Entry]
    added: list[Entry]
    in_order: bool


def has_regular_layout(data: bytes) -> bool:
    """Say whether a valid manifest is laid out like the canonical form, so that it can be cut between entries."""
    return _is_framed(data) and _ENTRIES.fullmatch(_stretch(data, len(HEAD), len(data) - len(TAIL))) is not None


def paths_ascend(text: bytes) -> bool:
    """Say whether the paths in a text of regular layout are in ascending order, and written without escapes."""
    paths = _PATH.findall(text)
    return all(map(operator.lt, paths, paths[1:])) and not (b"\\" in text and any(b"\\" in path for path in paths))


def compare_texts(old: bytes, new: bytes) -> ManifestDelta | None:
    """Return what differs between a manifest of regular layout and another text; None when it cannot be told so.

    The added entries are well-formed, but whether they may stand in the manifest (`vcs/rules.py`) is not checked:
    neither their members, nor whether a path is taken. An entry may be both removed and added.
    """
    if not _is_framed(old) or not _is_framed(new):
        return None
    removed: list[bytes] = []
    added: list[bytes] = []
    in_order = True
    for start, end, new_start, new_end in _differences(old, new):
        if start < 0:
            return None
        removed.append(_stretch(old, start, end))
        added.append(_stretch(new, new_start, new_end))
        in_order = in_order and paths_ascend(_with_neighbours(new, new_start, new_end))
    if not _ENTRIES.fullmatch(b"".join(added)):
        return None
    try:
        return ManifestDelta(_decode(removed), _decode(added), in_order)
    except msgspec.MsgspecError:
        return None


def _is_framed(data: bytes) -> bool:
    return data.startswith(HEAD) and data.endswith(TAIL) and len(data) >= len(HEAD) + len(TAIL)


def _stretch(data: bytes, start: int, end: int) -> bytes:
    """Return some entries, each with its `END`, also where the last one of the text is among them."""
    return data[start:end] + END if start < end == len(data) - len(TAIL) else data[start:end]


def _with_neighbours(data: bytes, start: int, end: int) -> bytes:
    """Return some entries with the one before them and the one behind."""
    before = data.rfind(END, 0, max(start - len(END), 0))
    behind = data.find(END, end)
    return data[before if before >= 0 else 0 : behind if behind >= 0 else len(data)]


def _differences(old: bytes, new: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield the stretches of whole entries that differ: from, to in the old text; from, to in the new one.

    A first number below zero says that the texts were lost to each other.
    """
    at, new_at = len(HEAD), len(HEAD)
    last, new_last = len(old) - len(TAIL), len(new) - len(TAIL)
    while True:
        same = _common(old, at, new, new_at)
        if at + same == len(old) and new_at + same == len(new):
            return
        boundary = old.rfind(END, at, at + same)
        same = boundary + len(END) - at if boundary >= 0 else 0
        at, new_at = at + same, new_at + same
        found = _meet(old, at, last, new, new_at, new_last)
        if found is None:
            yield -1, 0, 0, 0
            return
        yield at, found[0], new_at, found[1]
        if found == (last, new_last):
            return
        at, new_at = found


def _common(old: bytes, at: int, new: bytes, new_at: int) -> int:
    """Return how many bytes are the same from the two places on."""
    length, limit = 0, min(len(old) - at, len(new) - new_at)
    while length < limit and old[at + length : at + length + BLOCK] == new[new_at + length : new_at + length + BLOCK]:
        length += BLOCK
    if length >= limit:
        return limit
    low, high = 0, min(BLOCK, limit - length)  # the blocks agree in `low` bytes and differ within `high`
    while low < high:
        middle = (low + high + 1) // 2
        if old[at + length : at + length + middle] == new[new_at + length : new_at + length + middle]:
            low = middle
        else:
            high = middle - 1
    return length + low


def _meet(old: bytes, at: int, last: int, new: bytes, new_at: int, new_last: int) -> tuple[int, int] | None:
    """Return the next places, not too far on, from which the same entry follows in both texts; else both their ends."""
    for _ in range(LOOK_AHEAD_ENTRIES):
        end = old.find(END, at)
        if end < 0:
            return last, new_last
        end += len(END)
        place = _find_entry(new, old[at:end], new_at)
        if place >= 0:
            return at, place
        at = end
    return None


def _find_entry(text: bytes, entry: bytes, start: int) -> int:
    """Return where an entry stands as a whole in the stretch of text after `start`, -1 when it does not."""
    if text.startswith(entry, start):
        return start
    place = text.find(END + entry, max(0, start - len(END)), start + LOOK_AHEAD_BYTES)
    return place + len(END) if place >= 0 else -1


def _decode(stretches: list[bytes]) -> list[Entry]:
    joined = b"".join(stretches)
    return _decoder.decode(b"[" + joined[: -len(b",\n")] + b"]") if joined else []
