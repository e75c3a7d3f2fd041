"""What a look at a folder tree found (`walk.look`), and the contents of the files that it left to be read.

`Scan.hash_rest` reads these in parallel; all other contents are known by the signatures of the cache.
"""

import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from asterism.base.errors import TooLarge
from asterism.kernel.workcopy.hashing import Hashed, Pending, hash_files
from asterism.kernel.workcopy.rules import STRICT, Policy
from asterism.kernel.workcopy.statcache import (
    FILE,
    FOLDERS,
    FORMAT,
    HASH_BYTES,
    LINK,
    SIGNATURE,
    SIGNATURE_BYTES,
    SPECIAL,
    Cache,
    Folder,
    settled,
    untrusted,
)
from asterism.vcs.manifest import Entry


class TreeTooLarge(TooLarge):
    """The tree has more names than are looked at; `count` were seen before the look was given up."""

    code = "TREE_TOO_LARGE"

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(f"The folder has more than {count:,} files, which is more than are looked at.")


Written: TypeAlias = tuple[bytes, bytes]
"""What is known of a file that was just written: raw hash of its content, and its signature after that."""


@dataclass(slots=True)
class Scan:
    """What a look at the tree found.

    `folders` maps the path of each folder (`""` is the top) to its rows; `changed` names the folders whose rows are
    not the cache's; `pending` are the files still to be hashed. `visited` folders were looked into; those of them that
    are `shared` hold files with other names too (hard links).
    """

    top: str
    tracked: Callable[[], Container[str]] = tuple
    policy: Policy = STRICT
    written: Mapping[str, Written] = field(default_factory=dict)
    folders: dict[str, Folder] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)
    visited: int = 0
    pending: list[Pending] = field(default_factory=list)
    read_bytes: int = 0
    _observed: dict[str, bytes] = field(default_factory=dict)
    _versioned: Container[str] | None = None

    @property
    def versioned(self) -> Container[str]:
        """The paths of the base, and every folder above one: these stay versioned whatever the rules say."""
        if self._versioned is None:
            self._versioned = self.tracked()
        return self._versioned

    @property
    def special(self) -> list[str]:
        """The paths that are neither left out nor in the tree: pipes, devices, and what no manifest can hold."""
        return [
            f"{path}/{name}" if path else name
            for path, folder in self.folders.items()
            if SPECIAL in folder.kinds
            for name, kind in zip(folder.names, folder.kinds, strict=True)
            if kind == SPECIAL
        ]

    @property
    def pending_bytes(self) -> int:
        """How many bytes `hash_rest` will read."""
        return sum(item.size for item in self.pending)

    def hash_rest(self, *, threads: int, progress: Callable[[int, int], None] | None = None) -> None:
        """Read and hash what is pending; `progress` hears of (files, bytes) as they are done. Raises Unreadable."""
        self.read_bytes += self.pending_bytes
        for group in hash_files(self.top, self.pending, at_once=threads):
            self.take(group)
            if progress:
                progress(len(group), sum(item.size for item, _, _ in group))
        self.pending.clear()

    def take(self, read: Sequence[Hashed]) -> None:
        """Fill in what pending files hold, as it was just read; `pending` itself is the caller's to clear."""
        now = time.time_ns()
        found: dict[str, list[tuple[int, bytes, bytes]]] = {}
        for item, content, signature in read:
            self._observed[self.path(item)] = signature
            kept = signature if settled(signature, now) else _distrusted(signature)
            found.setdefault(item.folder, []).append((item.index, content, kept))
        for path, rows in found.items():
            self._fill(path, rows)

    def pass_over(self, item: Pending) -> None:
        """Treat a file like a pipe: its content is not kept."""
        folder = self.folders[item.folder]
        kinds = bytearray(folder.kinds)
        kinds[item.index] = SPECIAL
        folder.kinds = bytes(kinds)

    def path(self, item: Pending) -> str:
        """Return the path of a pending file."""
        return item.path

    def _fill(self, path: str, rows: list[tuple[int, bytes, bytes]]) -> None:
        folder = self.folders[path]
        stats, hashes = bytearray(folder.stats), bytearray(folder.hashes)
        for index, content, signature in rows:
            stats[index * SIGNATURE_BYTES : (index + 1) * SIGNATURE_BYTES] = signature
            hashes[index * HASH_BYTES : (index + 1) * HASH_BYTES] = content
        folder.stats, folder.hashes = bytes(stats), bytes(hashes)

    def entries(self) -> list[Entry]:
        """Return the tree as entries of a manifest, in no particular order. Call `hash_rest` first."""
        found: list[Entry] = []
        for path in self.folders:
            found.extend(self.folder_entries(path))
        return found

    def folder_entries(self, path: str) -> list[Entry]:
        """Return the entries directly inside one folder (a subfolder is one entry)."""
        return list(rows_as_entries(path, self.folders[path]))

    def signatures(self) -> dict[str, str]:
        """Return what was on disk for each versioned file and link: its signature in hex, by path."""
        found = {}
        for path, folder in self.folders.items():
            prefix = f"{path}/" if path else ""
            for index, (name, kind) in enumerate(zip(folder.names, folder.kinds, strict=True)):
                if kind in (FILE, LINK):
                    found[prefix + name] = self._observed.get(prefix + name, folder.signature(index)).hex()
        return found

    def as_cache(self, manifest_hash: str) -> Cache:
        """Return what to remember: this look, and the hash of the manifest that it makes.

        Files that are still pending are marked so that the next look reads them.
        """
        unknown: dict[str, list[tuple[int, bytes, bytes]]] = {}
        for item in self.pending:
            signature = _distrusted(self.folders[item.folder].signature(item.index))
            unknown.setdefault(item.folder, []).append((item.index, bytes(HASH_BYTES), signature))
        for path, rows in unknown.items():
            self._fill(path, rows)
        return Cache(FORMAT, manifest_hash, self.folders)


def rows_as_entries(path: str, folder: Folder) -> Iterator[Entry]:
    """Yield the entries that the rows of one folder stand for."""
    prefix = f"{path}/" if path else ""
    targets = iter(folder.targets)
    hashes = folder.hashes.hex()
    rows = SIGNATURE.iter_unpack(folder.stats)
    width = 2 * HASH_BYTES
    for index, (name, kind, row) in enumerate(zip(folder.names, folder.kinds, rows, strict=True)):
        if kind == FILE:
            content = hashes[index * width : (index + 1) * width]
            yield Entry(type="file", path=prefix + name, hash=content, size=row[2], mode=row[4] & 0o777)
        elif kind in FOLDERS:
            yield Entry(type="dir", path=prefix + name, mode=row[4] & 0o777)
        elif kind == LINK:
            yield Entry(type="symlink", path=prefix + name, target=next(targets))


def _distrusted(signature: bytes) -> bytes:
    _, _, size, _, mode = SIGNATURE.unpack(signature)
    return untrusted(size, mode)
