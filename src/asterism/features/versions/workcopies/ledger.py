"""How the tree of a working copy differs from the one that was checked out. Pure: rows in, entries out.

Only folders that differ from the last look are compared, so the cost is that of what changed. What has not changed
keeps the very entry that it had: a file mode that the system gives, or a folder that is only implied, makes no
difference. What cannot be stored (a pipe, a file that is too large) leaves its path as it was.
"""

from collections.abc import Iterable

from asterism.kernel.workcopy.scan import Scan, rows_as_entries
from asterism.kernel.workcopy.statcache import SPECIAL, Folder
from asterism.kernel.workcopy.writer import DIR_MODE, FILE_MODE, writable_here
from asterism.vcs.diff import modes_compatible
from asterism.vcs.manifest import Entry
from asterism.vcs.merge import Changes
from asterism.vcs.merge.triples import folders_above

PROGRAM_MODE = 0o755


class Ledger:
    """The entries of a copy, folder by folder, and what differs from the start."""

    def __init__(self, start: Iterable[Entry]) -> None:
        self._start = {entry.path: entry for entry in start}
        self._hidden = {path: entry for path, entry in self._start.items() if not writable_here(entry)}
        self._with_folders = any(entry.type == "dir" for entry in self._start.values())
        self._folders: dict[str, dict[str, Entry]] = {}
        for path, entry in self._start.items():
            if path not in self._hidden:
                self._folders.setdefault(path.rpartition("/")[0], {})[path] = entry
        self._changes: dict[str, Entry | None] = {}
        self._tracked: set[str] | None = None
        self._count = sum(entry.type != "dir" for entry in self._start.values())

    def tracked(self) -> set[str]:
        """Return the paths of the start and the folders above them: no rule leaves these out."""
        if self._tracked is None:
            self._tracked = {above for path in self._start for above in (path, *folders_above(path))}
        return self._tracked

    def on_disk(self) -> list[Entry]:
        """Return the entries of the start that are written to a disk: all but state of repositories."""
        return [entry for path, entry in self._start.items() if path not in self._hidden]

    def note(self, scan: Scan) -> None:
        """Take in what a look found, whose files are all read."""
        for path in scan.changed | (self._folders.keys() - scan.folders.keys()):
            before = self._folders.get(path, {})
            folder = scan.folders.get(path)
            now = {} if folder is None else self._entries(path, folder, before)
            if now:
                self._folders[path] = now
            else:
                self._folders.pop(path, None)
            for name in before.keys() | now.keys():
                self._note(name, now.get(name))

    def _entries(self, path: str, folder: Folder, before: dict[str, Entry]) -> dict[str, Entry]:
        found = {}
        for entry in rows_as_entries(path, folder):
            if entry.type == "dir" and not self._with_folders:
                continue
            found[entry.path] = self._settled(entry, before)
        if SPECIAL in folder.kinds:
            for name, kind in zip(folder.names, folder.kinds, strict=True):
                full = f"{path}/{name}" if path else name
                kept = self._start.get(full)
                if kind == SPECIAL and kept is not None and kept.type != "dir":
                    found[full] = kept
        return found

    def _settled(self, entry: Entry, before: dict[str, Entry]) -> Entry:
        """Return the entry that was there where nothing has changed, else one with an ordinary mode."""
        for known in (self._start.get(entry.path), before.get(entry.path)):
            if known is None or known.type != entry.type:
                continue
            if known.type == "dir" or (
                known.hash == entry.hash
                and known.target == entry.target
                and (known.type == "symlink" or modes_compatible(known.mode, entry.mode))
            ):
                return known
        if entry.type == "symlink":
            return entry
        mode = DIR_MODE if entry.type == "dir" else PROGRAM_MODE if entry.executable else FILE_MODE
        return Entry(type=entry.type, path=entry.path, hash=entry.hash, size=entry.size, mode=mode)

    def _note(self, path: str, entry: Entry | None) -> None:
        if self._start.get(path) == entry:
            self._changes.pop(path, None)
        else:
            self._changes[path] = entry

    def changes(self) -> Changes:
        """Return what leads from the start to the present tree."""
        standing = {path for path, entry in self._changes.items() if entry is not None and entry.type != "dir"}
        buried = [path for path in self._hidden if not standing.isdisjoint(folders_above(path))] if standing else []
        return self._changes | dict.fromkeys(buried)

    @property
    def count(self) -> int:
        """How many files and links the present tree has."""
        pairs = self.differing()
        return self._count + sum(old is None for old, _ in pairs) - sum(new is None for _, new in pairs)

    def differing(self, since: Changes | None = None) -> list[tuple[Entry | None, Entry | None]]:
        """Return the pairs of old and new entry that differ from the start, or from what `changes` once returned.

        In byte order of path; folders do not count.
        """
        before, now = since or {}, self.changes()
        pairs = []
        for path in before.keys() | now.keys():
            start = self._start.get(path)
            sides = [side.get(path, start) for side in (before, now)]
            old, new = (None if one is None or one.type == "dir" else one for one in sides)
            if old != new:
                pairs.append((path, old, new))
        return [(old, new) for _, old, new in sorted(pairs, key=lambda pair: pair[0].encode())]
