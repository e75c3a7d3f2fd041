"""Look at a folder tree: what is there, which files may have changed since the last look, and what they hold now.

`look` walks the tree and reads no file whose signature the cache knows. `Scan.hash_rest` reads the others, in parallel.
Everything that lies in the tree is taken unless a rule leaves it out: empty files and folders, links (never followed),
names in any script. Sockets, pipes and devices have no content to keep and are reported.
"""

import hashlib
import os
import stat
import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeAlias

from asterism.base.errors import Invalid, TooLarge
from asterism.kernel.workcopy import reach
from asterism.kernel.workcopy.names import name_problem, target_problem
from asterism.kernel.workcopy.rules import STRICT, Policy, Rules, rule_hash
from asterism.kernel.workcopy.statcache import (
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
    settled,
    sign,
    untrusted,
)
from asterism.vcs.ignore import STATE_NAMES
from asterism.vcs.manifest import Entry

READ_BYTES = 1 << 20
GROUP_FILES = 64
_FORMATS = {stat.S_IFREG: FILE, stat.S_IFDIR: DIR, stat.S_IFLNK: LINK}
_pack = SIGNATURE.pack


class Unreadable(Invalid):
    """Something in the tree cannot be read."""

    code = "UNREADABLE"


class TreeTooLarge(TooLarge):
    """The tree has more names than are looked at; `count` were seen before the look was given up."""

    code = "TREE_TOO_LARGE"

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(f"The folder has more than {count:,} files, which is more than are looked at.")


Known: TypeAlias = tuple[bytes, int, int]
"""What is known of a file that was just written: raw hash, size, time of change in ns."""


@dataclass(slots=True)
class Pending:
    """A file whose content has to be read: where it stands in its folder."""

    folder: str
    index: int
    size: int


Hashed: TypeAlias = tuple[Pending, bytes, bytes]
"""A file that was read: raw hash of its content, and its signature from before that."""


@dataclass(slots=True)
class Scan:
    """What a look at the tree found.

    `folders` maps the path of each folder (`""` is the top) to its rows; `changed` names the folders whose rows are
    not the cache's; `pending` are the files still to be hashed.
    """

    top: str
    tracked: Callable[[], Container[str]] = tuple
    policy: Policy = STRICT
    folders: dict[str, Folder] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
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
        groups = [self.pending[at : at + GROUP_FILES] for at in range(0, len(self.pending), GROUP_FILES)]

        def work(group: list[Pending]) -> list[Hashed]:
            return [(item, *_hash_file(self.top, self.path(item))) for item in group]

        with ThreadPoolExecutor(threads) as pool:
            for group in pool.map(work, groups):
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

    def take_known(self, known: Mapping[str, Known]) -> None:
        """Fill in contents of pending files that were just written here and have not been touched since."""
        now = time.time_ns()
        found: dict[str, list[tuple[int, bytes, bytes]]] = {}
        left = []
        for item in self.pending:
            fact = known.get(self.path(item))
            signature = self.folders[item.folder].signature(item.index)
            mtime, _, size, _, _ = SIGNATURE.unpack(signature)
            if fact is not None and (fact[1], fact[2] & TIME_MASK) == (size, mtime) and settled(signature, now):
                found.setdefault(item.folder, []).append((item.index, fact[0], signature))
            else:
                left.append(item)
        for path, rows in found.items():
            self._fill(path, rows)
        self.pending = left

    def path(self, item: Pending) -> str:
        """Return the path of a pending file."""
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


def look(
    top: str,
    cache: Cache,
    tracked: Callable[[], Container[str]] = tuple,
    *,
    policy: Policy = STRICT,
    touched: Container[str] | None = None,
) -> Scan:
    """Walk the tree at `top`. Of folders that the cache knows only those in `touched` are looked into (default: all).

    Raises BadName, Unreadable or TreeTooLarge.
    """
    scan = Scan(top, tracked, policy)
    known = cache.folders
    waiting: list[tuple[str, Rules]] = [("", Rules(top, policy))]
    names = 0
    while waiting:
        path, above = waiting.pop()
        old = known.get(path)
        found = _as_before(path, above, old) if touched is not None and path not in touched else None
        folder, rules = found or _visit(scan, path, above, old)
        scan.folders[path] = folder
        names += len(folder.names)
        if policy.most is not None and names > policy.most:
            raise TreeTooLarge(names)
        if DIR in folder.kinds or CLOSED_DIR in folder.kinds:
            prefix = f"{path}/" if path else ""
            waiting.extend(
                (prefix + name, rules if kind == DIR else rules.closed())
                for name, kind in zip(folder.names, folder.kinds, strict=True)
                if kind in FOLDERS
            )
    scan.changed.update(path for path in known if path not in scan.folders)
    return scan


def _as_before(path: str, above: Rules, old: Folder | None) -> tuple[Folder, Rules] | None:
    """Return the rows of a folder that was not touched, None when it has to be visited all the same."""
    if old is None:
        return None
    rules = above.within(
        path, {name: old.hash(index) for name, index in _rule_rows(above.policy, old.names, old.kinds)}
    )
    return (old, rules) if old.rules == rules.digest else None


def _visit(scan: Scan, path: str, above: Rules, old: Folder | None) -> tuple[Folder, Rules]:
    """List a folder; return its rows and the rules inside it. Raises BadName or Unreadable."""
    try:
        with reach.folder(scan.top, path, wary=scan.policy.wary) as place:
            names, kinds, stats = _list(place)
            rules = above.within(path, _rule_hashes(place, above.policy, names, kinds, stats, old))
            if old is not None and old.rules == rules.digest and old.stats == stats and old.names == names:
                return old, rules
            scan.changed.add(path)
            return _rows(scan, place, path, rules, names, kinds, stats, old), rules
    except OSError as error:
        raise Unreadable(f"The folder {path or scan.top!r} cannot be read: {error.strerror}.") from error


def _list(place: int) -> tuple[list[str], bytearray, bytes]:
    """Return names, kinds (before any rule) and signatures of what is in a folder, in the file system's order."""
    names: list[str] = []
    kinds = bytearray()
    stats: list[bytes] = []
    formats = _FORMATS
    with os.scandir(place) as entries:
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # it went between the listing and this look
                continue
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
    scan: Scan,
    place: int,
    path: str,
    rules: Rules,
    names: list[str],
    kinds: bytearray,
    stats: bytes,
    old: Folder | None,
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
        if kind == SPECIAL or not (taken_before or _acceptable(scan, full, name)):
            kinds[index] = SPECIAL
            continue
        if kind == LINK:
            target = _target(scan, place, name, full)
            if target is None:
                kinds[index] = SPECIAL
            else:
                targets.append(target)
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


def _rule_rows(policy: Policy, names: list[str], kinds: bytes | bytearray) -> list[tuple[str, int]]:
    """Return the rule files of a folder, each with its row."""
    found = [(name, names.index(name)) for name in policy.rule_files if name in names]
    return [(name, index) for name, index in found if kinds[index] == FILE]


def _rule_hashes(
    place: int, policy: Policy, names: list[str], kinds: bytearray, stats: bytes, old: Folder | None
) -> dict[str, bytes]:
    """Return the content hash of each rule file of a folder, from the cache where its signature is unchanged."""
    result: dict[str, bytes] = {}
    for name, index in _rule_rows(policy, names, kinds):
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
            result[name] = rule_hash(place, name)
    return result


def _acceptable(scan: Scan, path: str, name: str) -> bool:
    """Say whether a manifest can hold this path. Raises BadName when what it cannot hold is refused."""
    problem = name_problem(path, name)
    if problem is not None and not scan.policy.wary:
        raise problem
    return problem is None


def _target(scan: Scan, place: int, name: str, path: str) -> str | None:
    """Return where a link leads, None when a manifest cannot hold that. Raises BadName or Unreadable."""
    try:
        target = os.readlink(name, dir_fd=place)
    except OSError as error:
        if scan.policy.wary:  # it has just been replaced: the next look tells by what
            return None
        raise Unreadable(f"The link {path!r} cannot be read: {error.strerror}.") from error
    problem = target_problem(path, target)
    if problem is not None and not scan.policy.wary:
        raise problem
    return target if problem is None else None


def _distrusted(signature: bytes) -> bytes:
    _, _, size, _, mode = SIGNATURE.unpack(signature)
    return untrusted(size, mode)


def _hash_file(top: str, path: str) -> tuple[bytes, bytes]:
    """Return raw hash and signature of one file, the signature from before its content was read."""
    try:
        handle = reach.open_file(top, path)
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
