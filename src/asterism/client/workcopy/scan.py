"""Look at a folder tree: what is there, which files may have changed since the last look, and what they hold now.

`look` walks the tree and reads no file whose signature the cache knows. `Scan.hash_rest` reads the others, in parallel.
Everything that lies in the tree is taken unless a rule leaves it out: empty files and folders, links (never followed),
names in any script. Sockets, pipes and devices have no content to keep and are reported.
"""

import hashlib
import os
import stat
import time
from collections.abc import Callable, Container, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeAlias

from asterism.base.errors import Invalid
from asterism.client.workcopy.rules import Rules, rule_hash
from asterism.client.workcopy.statcache import (
    CLOSED_DIR,
    DIR,
    FILE,
    FOLDERS,
    FORMAT,
    HASH_BYTES,
    LEFT_OUT,
    LINK,
    SIGNATURE,
    SIGNATURE_BYTES,
    SPECIAL,
    TIME_MASK,
    Cache,
    Folder,
    is_unicode,
    settled,
    sign,
    untrusted,
)
from asterism.vcs.ignore import RULE_FILES, STATE_NAMES
from asterism.vcs.manifest import Entry
from asterism.vcs.rules import MAX_PATH_BYTES, MAX_SEGMENTS, path_reasons

READ_BYTES = 1 << 20
GROUP_FILES = 64
_FORMATS = {stat.S_IFREG: FILE, stat.S_IFDIR: DIR, stat.S_IFLNK: LINK}
_pack = SIGNATURE.pack


class BadName(Invalid):
    """A name in the tree cannot stand in a manifest."""

    code = "BAD_NAME"


class Unreadable(Invalid):
    """Something in the tree cannot be read."""

    code = "UNREADABLE"


Known: TypeAlias = tuple[bytes, int, int]
"""What is known of a file that was just written: raw hash, size, time of change in ns."""


@dataclass(slots=True)
class Pending:
    """A file whose content has to be read: where it stands in its folder."""

    folder: str
    index: int
    size: int


@dataclass(slots=True)
class Scan:
    """What a look at the tree found.

    `folders` maps the path of each folder (`""` is the top) to its rows; `changed` names the folders whose rows are
    not the cache's; `pending` are the files still to be hashed; `special` the paths that have no content to keep.
    """

    top: str
    tracked: Callable[[], Container[str]] = tuple
    folders: dict[str, Folder] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    pending: list[Pending] = field(default_factory=list)
    special: list[str] = field(default_factory=list)
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
    def pending_bytes(self) -> int:
        """How many bytes `hash_rest` will read."""
        return sum(item.size for item in self.pending)

    def hash_rest(self, *, threads: int, progress: Callable[[int, int], None] | None = None) -> None:
        """Read and hash what is pending; `progress` hears of (files, bytes) as they are done. Raises Unreadable."""
        self.read_bytes += self.pending_bytes
        groups = [self.pending[at : at + GROUP_FILES] for at in range(0, len(self.pending), GROUP_FILES)]
        found: dict[str, list[tuple[int, bytes, bytes]]] = {}

        def work(group: list[Pending]) -> list[tuple[Pending, bytes, bytes]]:
            return [(item, *_hash_file(os.path.join(self.top, self._path(item)))) for item in group]

        now = time.time_ns()

        with ThreadPoolExecutor(threads) as pool:
            for group in pool.map(work, groups):
                for item, content, signature in group:
                    self._observed[self._path(item)] = signature
                    kept = signature if settled(signature, now) else _distrusted(signature)
                    found.setdefault(item.folder, []).append((item.index, content, kept))
                if progress:
                    progress(len(group), sum(item.size for item, _, _ in group))
        for path, rows in found.items():
            self._fill(path, rows)
        self.pending.clear()

    def take_known(self, known: Mapping[str, Known]) -> None:
        """Fill in contents of pending files that were just written here and have not been touched since."""
        now = time.time_ns()
        found: dict[str, list[tuple[int, bytes, bytes]]] = {}
        left = []
        for item in self.pending:
            fact = known.get(self._path(item))
            signature = self.folders[item.folder].signature(item.index)
            mtime, _, size, _, _ = SIGNATURE.unpack(signature)
            if fact is not None and (fact[1], fact[2] & TIME_MASK) == (size, mtime) and settled(signature, now):
                found.setdefault(item.folder, []).append((item.index, fact[0], signature))
            else:
                left.append(item)
        for path, rows in found.items():
            self._fill(path, rows)
        self.pending = left

    def _path(self, item: Pending) -> str:
        name = self.folders[item.folder].names[item.index]
        return f"{item.folder}/{name}" if item.folder else name

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


def look(top: str, cache: Cache, tracked: Callable[[], Container[str]] = tuple) -> Scan:
    """Walk the tree at `top`. Raises BadName or Unreadable."""
    scan = Scan(top, tracked)
    known = cache.folders
    waiting: list[tuple[str, Rules]] = [("", Rules(top))]
    while waiting:
        path, rules = waiting.pop()
        try:
            names, kinds, stats = _list(os.path.join(top, path) if path else top)
        except OSError as error:
            raise Unreadable(f"The folder {path or top!r} cannot be read: {error.strerror}.") from error
        old = known.get(path)
        if any(name in names for name in RULE_FILES):
            rules = rules.within(path, _rule_hashes(top, path, names, kinds, stats, old))
        if old is not None and old.rules == rules.digest and old.stats == stats and old.names == names:
            folder = old
        else:
            folder = _rows(scan, path, rules, names, kinds, stats, old)
            scan.changed.add(path)
        scan.folders[path] = folder
        if DIR in folder.kinds or CLOSED_DIR in folder.kinds:
            prefix = f"{path}/" if path else ""
            waiting.extend(
                (prefix + name, rules if kind == DIR else rules.closed())
                for name, kind in zip(names, folder.kinds, strict=True)
                if kind in FOLDERS
            )
    scan.changed.update(path for path in known if path not in scan.folders)
    return scan


def _list(path: str) -> tuple[list[str], bytearray, bytes]:
    """Return names, kinds (before any rule) and signatures of what is in a folder, in the file system's order."""
    names: list[str] = []
    kinds = bytearray()
    stats: list[bytes] = []
    formats = _FORMATS
    with os.scandir(path) as entries:
        for entry in entries:
            status = entry.stat(follow_symlinks=False)
            mode = status.st_mode
            kind = formats.get(mode & 0o170000, SPECIAL)
            names.append(entry.name)
            kinds.append(kind)
            if kind == DIR:
                stats.append(_pack(0, 0, 0, 0, mode))
            else:
                mtime, ctime = status.st_mtime_ns & TIME_MASK, status.st_ctime_ns & TIME_MASK
                stats.append(_pack(mtime, ctime, status.st_size, status.st_ino, mode))
    return names, kinds, b"".join(stats)


def _rows(
    scan: Scan, path: str, rules: Rules, names: list[str], kinds: bytearray, stats: bytes, old: Folder | None
) -> Folder:
    """Make the rows of a folder that is not as the cache has it; unknown contents become pending."""
    prefix = f"{path}/" if path else ""
    before = {name: index for index, name in enumerate(old.names)} if old is not None else {}
    same_rules = old is not None and old.rules == rules.digest
    hashes = bytearray(HASH_BYTES * len(names))
    targets: list[str] = []
    for index, name in enumerate(names):
        full = prefix + name
        earlier = before.get(name)
        kind = kinds[index]
        if _never(path, name):
            kinds[index] = LEFT_OUT
            continue
        taken_before = earlier is not None and same_rules and old is not None and old.kinds[earlier] == kind
        if not taken_before and rules.leaves_out(full, folder=kind == DIR):
            if full not in scan.versioned:
                kinds[index] = LEFT_OUT
                continue
            kinds[index] = CLOSED_DIR if kind == DIR else kind
        if kind == SPECIAL:
            scan.special.append(full)
            continue
        if earlier is None:
            _check_name(full, name)
        if kind == LINK:
            targets.append(_target(os.path.join(scan.top, full), full))
        elif kind == FILE:
            signature = stats[index * SIGNATURE_BYTES : (index + 1) * SIGNATURE_BYTES]
            if (
                earlier is not None
                and old is not None
                and old.kinds[earlier] == FILE
                and old.signature(earlier) == signature
            ):
                hashes[index * HASH_BYTES : (index + 1) * HASH_BYTES] = old.hash(earlier)
            else:
                scan.pending.append(Pending(path, index, SIGNATURE.unpack(signature)[2]))
    return Folder(names, bytes(kinds), stats, bytes(hashes), targets, rules.digest)


def _never(folder: str, name: str) -> bool:
    """Say whether a name is repository state: `.git` anywhere, the client's own state at the top."""
    return name == ".git" or (not folder and name in STATE_NAMES)


def _rule_hashes(
    top: str, path: str, names: list[str], kinds: bytearray, stats: bytes, old: Folder | None
) -> dict[str, bytes]:
    """Return the content hash of each rule file of a folder, from the cache where its signature is unchanged."""
    result: dict[str, bytes] = {}
    for name in RULE_FILES:
        index = names.index(name) if name in names else -1
        if index < 0 or kinds[index] != FILE:
            continue
        signature = stats[index * SIGNATURE_BYTES : (index + 1) * SIGNATURE_BYTES]
        earlier = old.names.index(name) if old is not None and name in old.names else None
        if (
            old is not None
            and earlier is not None
            and old.kinds[earlier] == FILE
            and old.signature(earlier) == signature
        ):
            result[name] = old.hash(earlier)
        else:
            result[name] = rule_hash(os.path.join(top, path, name))
    return result


def _check_name(path: str, name: str) -> None:
    """Raise BadName for a path that a manifest can't hold. Names come from the file system: no `/`, no `..`."""
    ordinary = path.isascii() and "\\" not in name and name[1:2] != ":"
    if ordinary and len(path) <= MAX_PATH_BYTES and path.count("/") < MAX_SEGMENTS:
        return
    if not is_unicode(path):
        raise BadName(
            f"The name {os.fsencode(path)!r} is not UTF-8, so it cannot be versioned.",
            hint="Rename it, or list it in .asterismignore, with a ? for each odd byte.",
        )
    reason = next(path_reasons(path), None)
    if reason:
        shown = path if len(path) <= 200 else f"{path[:200]}..."
        raise BadName(
            f"The path {shown!r} cannot be versioned: {_REASONS.get(reason, reason)}.",
            hint="Rename it, or list it in .asterismignore.",
        )


_REASONS = {
    "path_length": "it is longer than 1,024 bytes",
    "path_segment": "a part of it is longer than 255 bytes, or it is deeper than 64 folders",
    "path_absolute": "it looks like an absolute path",
    "path_backslash": "its backslashes read as a path that leaves the folder",
    "path_encoding": "it is not Unicode",
}


def _target(place: str, path: str) -> str:
    try:
        target = os.readlink(place)
    except OSError as error:
        raise Unreadable(f"The link {path!r} cannot be read: {error.strerror}.") from error
    if not is_unicode(target):
        raise BadName(f"The target of the link {path!r} is not UTF-8, so it cannot be versioned.")
    return target


def _distrusted(signature: bytes) -> bytes:
    _, _, size, _, mode = SIGNATURE.unpack(signature)
    return untrusted(size, mode)


def _hash_file(path: str) -> tuple[bytes, bytes]:
    """Return raw hash and signature of one file, the signature from before its content was read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise Unreadable(f"The file {path!r} cannot be read: {error.strerror}.") from error
    try:
        status = os.fstat(handle)
        digest = hashlib.sha256()
        size = 0
        while chunk := os.read(handle, min(max(status.st_size - size, 0) + 1, READ_BYTES)):
            digest.update(chunk)
            size += len(chunk)
    except OSError as error:
        raise Unreadable(f"The file {path!r} cannot be read: {error.strerror}.") from error
    finally:
        os.close(handle)
    if size != status.st_size:  # it grew or shrank meanwhile: what was read counts, and it is read again next time
        return digest.digest(), untrusted(size, status.st_mode)
    return digest.digest(), sign(status)
