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
    if manifest == EMPTY or len(changes) > MANY or not manifest.startswith(_HEAD):
        return _rebuilt(manifest, changes)
    blocks = manifest[len(_HEAD) : -len(_FOOT)].split(_BETWEEN)
    for path, entry in changes.items():
        place = bisect_left(blocks, path.encode(), key=_path_of)
        known = place < len(blocks) and _path_of(blocks[place]) == path.encode()
        blocks[place : place + known] = [] if entry is None else [_block(entry)]
    return _HEAD + _BETWEEN.join(blocks) + _FOOT if blocks else EMPTY


def is_canonical(manifest: bytes) -> bool:
    """Say whether a valid manifest can be spliced: laid out like the canonical form, its paths in ascending order.

    A path that is written with escapes is not looked into; the answer is no then.
    """
    if not has_regular_layout(manifest):
        return False
    paths = _PATH_LINE.findall(manifest)
    return all(map(operator.lt, paths, paths[1:])) and not any(b"\\" in path for path in paths)


def _rebuilt(manifest: bytes, changes: Mapping[str, Entry | None]) -> bytes:
    entries: dict[str, Entry | None] = {entry.path: entry for entry in read(manifest)}
    entries.update(changes)
    return encode(entry for entry in entries.values() if entry is not None)


def _block(entry: Entry) -> bytes:
    return encode([entry])[len(_HEAD) : -len(_FOOT)]


def _path_of(block: bytes) -> bytes:
    start = block.index(_PATH) + len(_PATH)
    end = block.find(b"\n", start)
    line = block[start:] if end < 0 else block[start:end]
    return msgspec.json.decode(line.removesuffix(b","), type=str).encode()
