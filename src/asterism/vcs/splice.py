"""Change a few entries of a large canonical manifest without reading all of it.

In the canonical form (Fastest 7.4) no string holds a raw line feed, so the text between two entries occurs nowhere
else: the manifest can be cut there, searched by bisection, and put together again.
"""

import operator
import re
from bisect import bisect_left
from collections.abc import Mapping

import msgspec

from asterism.vcs.manifest import EMPTY, Entry, encode, read
from asterism.vcs.manifest_delta import has_regular_layout

_HEAD = b'{\n  "version": "1",\n  "files": [\n    {\n'
_FOOT = b"\n    }\n  ]\n}"
_BETWEEN = b"\n    },\n    {\n"
_PATH = b'\n      "path": '
MANY = 2000
_PATH_LINE = re.compile(rb'\n      "path": "(.*)"')


def splice(manifest: bytes, changes: Mapping[str, Entry | None]) -> bytes:
    """Return the canonical manifest with the entry at each path replaced, added, or (None) removed.

    `manifest` must be in canonical form; the result equals `encode` of the changed entries.
    """
    return exchange(manifest, changes)[0]


def exchange(manifest: bytes, changes: Mapping[str, Entry | None]) -> tuple[bytes, list[Entry]]:
    """Do what `splice` does, and return beside its result the entries that stood at those paths before."""
    if manifest == EMPTY or len(changes) > MANY or not manifest.startswith(_HEAD):
        return _rebuilt(manifest, changes)
    blocks = manifest[len(_HEAD) : -len(_FOOT)].split(_BETWEEN)
    gone: list[bytes] = []
    for path, entry in changes.items():
        place = bisect_left(blocks, path.encode(), key=_path_of)
        known = place < len(blocks) and _path_of(blocks[place]) == path.encode()
        gone += blocks[place : place + known]
        blocks[place : place + known] = [] if entry is None else [_block(entry)]
    text = _HEAD + _BETWEEN.join(blocks) + _FOOT if blocks else EMPTY
    return text, read(_HEAD + _BETWEEN.join(gone) + _FOOT) if gone else []


def is_canonical(manifest: bytes) -> bool:
    """Say whether a valid manifest can be spliced: laid out like the canonical form, its paths in ascending order.

    A path that is written with escapes is not looked into; the answer is no then.
    """
    if not has_regular_layout(manifest):
        return False
    paths = _PATH_LINE.findall(manifest)
    return all(map(operator.lt, paths, paths[1:])) and not any(b"\\" in path for path in paths)


def _rebuilt(manifest: bytes, changes: Mapping[str, Entry | None]) -> tuple[bytes, list[Entry]]:
    before = {entry.path: entry for entry in read(manifest)}
    entries: dict[str, Entry | None] = {**before, **changes}
    gone = [before[path] for path in changes if path in before]
    return encode(entry for entry in entries.values() if entry is not None), gone


def _block(entry: Entry) -> bytes:
    return encode([entry])[len(_HEAD) : -len(_FOOT)]


def _path_of(block: bytes) -> bytes:
    start = block.index(_PATH) + len(_PATH)
    end = block.find(b"\n", start)
    line = (block[start:] if end < 0 else block[start:end]).removesuffix(b",")
    return msgspec.json.decode(line, type=str).encode() if b"\\" in line else line[1:-1]
