"""The tree of a working copy as it is now, with its manifest."""

from collections.abc import Callable, Mapping
from itertools import starmap

from asterism.client.look import Look
from asterism.client.progress import Progress
from asterism.client.workcopy.state import State
from asterism.client.workcopy.watching.news import Ask, News
from asterism.kernel.workcopy.scan import Scan, rows_as_entries
from asterism.kernel.workcopy.statcache import LEFT_OUT, SPECIAL, Cache, Folder
from asterism.vcs.content import hash_bytes
from asterism.vcs.diff import Change, compare
from asterism.vcs.manifest import Entry, encode
from asterism.vcs.splice import splice

COSTLY_BYTES = 32 << 20


class Tree:
    """A tree that was read: its entries, its manifest, and what the stat cache may remember of it.

    While the stat cache is that of the base, the manifest is made from the base's by changing a few entries.
    """

    def __init__(self, scan: Scan, cache: Cache, base: Callable[[str], bytes | None], news: News | None = None) -> None:
        self._scan = scan
        self._cache = cache
        self._news = news
        self._base = base
        self._entries: list[Entry] | None = None
        self._manifest: bytes | None = None
        self._pairs = _pairs(scan, cache) if cache.manifest_hash else None
        self._changes = None if self._pairs is None else {path: new for path, (_, new) in self._pairs.items()}
        self._manifest_hash = cache.manifest_hash if self._changes == {} else ""
        self._stale = bool(scan.changed) or not cache.manifest_hash

    def entries(self) -> list[Entry]:
        """Return every entry, in no particular order."""
        if self._entries is None:
            self._entries = self._scan.entries()
        return self._entries

    @property
    def manifest(self) -> bytes:
        """The canonical manifest."""
        if self._manifest is None:
            base = self._base(self._cache.manifest_hash) if self._changes is not None else None
            if base is not None and self._changes is not None:
                self._manifest = splice(base, self._changes)
            else:
                self._manifest = encode(self.entries())
        return self._manifest

    @property
    def manifest_hash(self) -> str:
        """The hash of the canonical manifest."""
        if not self._manifest_hash:
            self._manifest_hash = hash_bytes(self.manifest)
        return self._manifest_hash

    def edit(self) -> tuple[str, Mapping[str, Entry | None]] | None:
        """Return the manifest that this one is made from, and what is other (None: gone); None when that is unknown."""
        return None if self._changes is None else (self._cache.manifest_hash, self._changes)

    def files_since(self, manifest_hash: str) -> list[Entry] | None:
        """Return the files that differ from the tree of that manifest, None when only a full comparison can tell."""
        if self._changes is None or self._cache.manifest_hash != manifest_hash:
            return None
        return [entry for entry in self._changes.values() if entry is not None and entry.type == "file"]

    def changes_since(self, manifest_hash: str) -> list[Change] | None:
        """Return what differs from the tree of that manifest, None when only a full comparison can tell."""
        if self._pairs is None or self._cache.manifest_hash != manifest_hash:
            return None
        found = [change for old, new in self._pairs.values() if (change := compare(old, new)) is not None]
        return sorted(found, key=lambda change: change.path.encode())

    def differs_from(self, manifest_hash: str) -> bool | None:
        """Say whether this tree is another one than that of the manifest; None when only a full comparison can tell."""
        if self._changes is not None and self._cache.manifest_hash == manifest_hash:
            return any(starmap(_other, (self._pairs or {}).values()))
        return False if self.manifest_hash == manifest_hash else None

    def signatures(self) -> dict[str, str]:
        """Return what was on disk for each versioned file and link (hex), by path."""
        return self._scan.signatures()

    def is_same_as(self, manifest_hash: str) -> bool:
        """Say, without building the manifest, that it certainly has this hash; False when that is not known yet."""
        return self._manifest_hash == manifest_hash

    @property
    def count(self) -> int:
        """How many entries the tree has."""
        return sum(len(folder.kinds) - _left_out(folder) for folder in self._scan.folders.values())

    @property
    def visited(self) -> int:
        """How many folders were looked into."""
        return self._scan.visited

    @property
    def special(self) -> list[str]:
        """Paths that were passed over because they have no content to keep (sockets, pipes, devices)."""
        return self._scan.special

    def remember(self, state: State) -> None:
        """Write the stat cache, unless it says this already."""
        if self._stale:
            cache = self._scan.as_cache(self.manifest_hash)
            state.save_cache(cache)
            if self._news is not None:
                self._news.note_saved(cache, self._scan)

    def remember_if_costly(self, state: State) -> None:
        """Write the stat cache when reading the tree again would cost more than keeping that of the base is worth."""
        if self._scan.read_bytes > COSTLY_BYTES or not self._cache.manifest_hash:
            self.remember(state)


def _pairs(scan: Scan, cache: Cache) -> dict[str, tuple[Entry | None, Entry | None]]:
    """Return by path which entries are not those of the cache: as it has them, and as they are (None: not there)."""
    found: dict[str, tuple[Entry | None, Entry | None]] = {}
    for path in scan.changed:
        before, now = cache.folders.get(path), scan.folders.get(path)
        old = {entry.path: entry for entry in rows_as_entries(path, before)} if before is not None else {}
        new = {entry.path: entry for entry in rows_as_entries(path, now)} if now is not None else {}
        pairs = {name: (old.get(name), new.get(name)) for name in old.keys() | new.keys()}
        found.update((name, pair) for name, pair in pairs.items() if pair[0] != pair[1])
    return found


def _other(old: Entry | None, new: Entry | None) -> bool:
    folders = old is not None and old.type == "dir", new is not None and new.type == "dir"
    return folders[0] != folders[1] or compare(old, new) is not None


def _left_out(folder: Folder) -> int:
    return folder.kinds.count(LEFT_OUT) + folder.kinds.count(SPECIAL)


def read_tree(
    state: State, *, threads: int, progress: Progress, ask: Ask | None = None, begun: Look | None = None
) -> Tree:
    """Read the tree of a working copy, hashing what the stat cache does not vouch for. Raises BadName, Unreadable.

    A look that was `begun` is finished. Where a watcher answers (`ask`, default: the one whose socket is there), only
    folders are looked into that it names.
    """
    with begun or Look(state, ask) as look:
        scan = look.finish()
    if scan.pending:
        progress.start("Reading", scan.pending_bytes)
        try:
            scan.hash_rest(threads=threads, progress=lambda _files, size: progress.advance(size))
        finally:
            progress.finish()
    if look.news is not None:
        look.news.note(scan)
    return Tree(scan, look.cache, lambda wanted: _base_manifest(state, wanted), look.news)


def _base_manifest(state: State, wanted: str) -> bytes | None:
    """Return the manifest of the base if it has this hash and is kept here."""
    binding = state.binding()
    base = binding.base if binding is not None else None
    return state.base_manifest(base) if base is not None and base.manifest_hash == wanted else None
