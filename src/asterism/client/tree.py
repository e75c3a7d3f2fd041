"""The tree of a working copy as it is now, with its manifest."""

from asterism.client.progress import Progress
from asterism.client.workcopy.scan import Scan, look
from asterism.client.workcopy.state import State
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry, encode, read


class Tree:
    """A tree that was read: its entries, its manifest, and what the stat cache may remember of it."""

    def __init__(self, scan: Scan, known_manifest_hash: str) -> None:
        self._scan = scan
        self._entries: list[Entry] | None = None
        self._manifest: bytes | None = None
        self._manifest_hash = "" if scan.changed else known_manifest_hash
        self._stale = bool(scan.changed) or not known_manifest_hash

    def entries(self) -> list[Entry]:
        """Return every entry, in no particular order."""
        if self._entries is None:
            self._entries = self._scan.entries()
        return self._entries

    @property
    def manifest(self) -> bytes:
        """The canonical manifest."""
        if self._manifest is None:
            self._manifest = encode(self.entries())
        return self._manifest

    @property
    def manifest_hash(self) -> str:
        """The hash of the canonical manifest."""
        if not self._manifest_hash:
            self._manifest_hash = hash_bytes(self.manifest)
        return self._manifest_hash

    def signatures(self) -> dict[str, str]:
        """Return what was on disk for each versioned file and link (hex), by path."""
        return self._scan.signatures()

    def is_same_as(self, manifest_hash: str) -> bool:
        """Say, without building the manifest, that it certainly has this hash; False when that is not known yet."""
        return self._manifest_hash == manifest_hash

    @property
    def count(self) -> int:
        """How many entries the tree has."""
        return sum(1 for _ in self.entries())

    @property
    def special(self) -> list[str]:
        """Paths that were passed over because they have no content to keep (sockets, pipes, devices)."""
        return self._scan.special

    def remember(self, state: State) -> None:
        """Write the stat cache, unless it says this already."""
        if self._stale:
            state.save_cache(self._scan.as_cache(self.manifest_hash))


def read_tree(state: State, *, threads: int, progress: Progress) -> Tree:
    """Read the tree of a working copy, hashing what the stat cache does not vouch for. Raises BadName, Unreadable."""
    cache = state.cache()
    scan = look(state.top, cache, lambda: tracked_paths(state))
    if scan.pending:
        progress.start("Reading", scan.pending_bytes)
        try:
            scan.hash_rest(threads=threads, progress=lambda _files, size: progress.advance(size))
        finally:
            progress.finish()
    return Tree(scan, cache.manifest_hash)


def tracked_paths(state: State) -> set[str]:
    """Return the paths of the base snapshot: these stay versioned whatever the ignore rules say."""
    binding = state.binding()
    base = binding.base if binding is not None else None
    data = state.base_manifest(base) if base is not None else None
    return {entry.path for entry in read(data)} if data is not None else set()
