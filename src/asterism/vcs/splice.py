"""Change a few entries of a large canonical manifest without reading all of it.

In the canonical form (Fastest 7.4) no string holds a raw line feed, so the text between two entries occurs nowhere
else: the manifest can be cut there, searched by bisection, and put together again.
"""

from collections.abc import Mapping

import msgspec

from asterism.vcs.manifest import EMPTY, Entry, encode, read
from asterism.vcs.manifest_delta import has_regular_layout, paths_ascend

HEAD = b'{\n  "version": "1",\n  "files": [\n    {\n'
FOOT = b"\n    }\n  ]\n}"
BETWEEN = b"\n    },\n    {\n"
_PATH = b'\n      "path": '
MANY = 2000


def splice(manifest: bytes, changes: Mapping[str, Entry | None]) -> bytes:
    """Return the canonical manifest with the entry at each path replaced, added, or (None) removed.

    `manifest` must be one that `can_be_spliced`, and so is the result. Of a canonical one, it equals `encode` of the
    changed entries.
    """
    return exchange(manifest, changes)[0]


def exchange(manifest: bytes, changes: Mapping[str, Entry | None]) -> tuple[bytes, list[Entry]]:
    """Do what `splice` does, and return beside its result the entries that stood at those paths before."""
    if manifest == EMPTY or len(changes) > MANY or not manifest.startswith(HEAD):
        return rebuild(manifest, changes)
    view = memoryview(manifest)  # most of the text goes from here into the result, and is copied once on the way
    pieces: list[bytes | memoryview] = []
    gone: list[bytes] = []
    kept_from, end = len(HEAD), len(manifest) - len(FOOT)
    for path, entry in sorted(changes.items()):
        start = _place(manifest, path.encode(), kept_from, end)
        if start > kept_from:
            pieces += (BETWEEN, view[kept_from : start - len(BETWEEN)])
        kept_from = start
        if start < end and _path_at(manifest, start) == path.encode():
            stop = _block_end(manifest, start, end)
            gone.append(manifest[start:stop])
            kept_from = stop + len(BETWEEN)
        if entry is not None:
            pieces += (BETWEEN, entry_block(entry))
    if kept_from < end:
        pieces += (BETWEEN, view[kept_from:end])
    text = b"".join((HEAD, *pieces[1:], FOOT)) if pieces else EMPTY
    return text, read(HEAD + BETWEEN.join(gone) + FOOT) if gone else []


def can_be_spliced(manifest: bytes) -> bool:
    """Say whether a valid manifest can be spliced: laid out like the canonical form, its paths in ascending order.

    A path that is written with escapes is not looked into; the answer is no then.
    """
    return has_regular_layout(manifest) and paths_ascend(manifest)


def rebuild(manifest: bytes, changes: Mapping[str, Entry | None]) -> tuple[bytes, list[Entry]]:
    """Do what `exchange` does to any valid manifest, by reading and writing all of it."""
    before = {entry.path: entry for entry in read(manifest)}
    entries: dict[str, Entry | None] = {**before, **changes}
    gone = [before[path] for path in changes if path in before]
    return encode(entry for entry in entries.values() if entry is not None), gone


def entry_block(entry: Entry) -> bytes:
    """Return what stands between the braces of an entry in the canonical form."""
    return encode([entry])[len(HEAD) : -len(FOOT)]


def _place(manifest: bytes, path: bytes, low: int, end: int) -> int:
    """Return where the first entry begins whose path is not below `path`, of those that begin at `low` or later.

    Behind the last one that is `end` and the text that would stand between.
    """
    high = end + len(BETWEEN)
    while low < high:
        between = manifest.rfind(BETWEEN, low, min((low + high) // 2 + len(BETWEEN), end))
        start = low if between < 0 else between + len(BETWEEN)
        if _path_at(manifest, start) < path:
            low = _block_end(manifest, start, end) + len(BETWEEN)
        else:
            high = start
    return low


def _block_end(manifest: bytes, start: int, end: int) -> int:
    found = manifest.find(BETWEEN, start, end)
    return end if found < 0 else found


def _path_at(manifest: bytes, start: int) -> bytes:
    """Return the path of the entry that begins at `start`; it has one."""
    line_start = manifest.index(_PATH, start) + len(_PATH)
    line = manifest[line_start : manifest.index(b"\n", line_start)].removesuffix(b",")
    return msgspec.json.decode(line, type=str).encode() if b"\\" in line else line[1:-1]
