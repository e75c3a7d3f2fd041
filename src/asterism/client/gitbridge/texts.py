"""The manifests of commits as text, each made from the one before by what differs (ADR 0178)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from asterism.client.gitbridge.commits import Commit
from asterism.client.gitbridge.contents import Contents
from asterism.client.gitbridge.notes import Notes
from asterism.client.gitbridge.trees import Row, Trees
from asterism.kernel.git import Repository
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import MAX_ENTRIES, Entry, encode
from asterism.vcs.splice import splice

MOST_CHANGES = 2_000  # the server's limit for one manifest
AT_ONCE_BYTES = 32 << 20
AT_ONCE_CHANGES = 20_000


class Text(NamedTuple):
    """A commit's manifest and its name; `changes` lead to it from the one called `base`, if there is one."""

    commit: Commit
    name: str
    data: bytes
    base: str | None = None
    changes: Mapping[str, Entry | None] = {}


class _Before(NamedTuple):
    """The manifest that the next one is made from, the tree that it shows, and how many entries it has at most."""

    tree: str
    name: str
    data: bytes
    entries: int


class Texts:
    """Makes manifests one after the other; memory holds those of one group."""

    def __init__(self, repository: Repository, contents: Contents, notes: Notes) -> None:
        self._trees = Trees(repository, notes)
        self._contents = contents
        self._notes = notes
        self._before: _Before | None = None

    def of(self, commits: Sequence[Commit]) -> Iterator[list[Text]]:
        """Send the contents of these commits and yield their manifests, in order, in groups of bounded size."""
        tree = self._before.tree if self._before is not None else None
        found: list[tuple[Commit, dict[str, Row | None] | None]] = []
        wanted: set[str] = set()
        for commit in commits:
            changes = self._trees.changes(commit.oid, tree, commit.tree) if tree is not None else None
            if changes is not None and len(changes) > MOST_CHANGES:
                changes = None
            rows = self._trees.rows(commit.oid, commit.tree) if changes is None else changes.values()
            wanted.update(row.oid for row in rows if row is not None and row.kind == "file")
            found.append((commit, changes))
            tree = commit.tree
        self._contents.send(wanted)
        group: list[Text] = []
        size = changed = 0
        for commit, changes in found:
            text = self._whole(commit) if changes is None else self._edited(commit, changes)
            group.append(text)
            size, changed = size + len(text.data), changed + len(text.changes)
            if size >= AT_ONCE_BYTES or changed >= AT_ONCE_CHANGES:
                yield group
                group, size, changed = [], 0, 0
        if group:
            yield group

    def _edited(self, commit: Commit, changes: Mapping[str, Row | None]) -> Text:
        before = self._before
        if before is None or before.entries + len(changes) > MAX_ENTRIES:
            return self._whole(commit)
        wanted = {path: self._entry(commit, row) if row is not None else None for path, row in changes.items()}
        data = splice(before.data, wanted)
        name = hash_bytes(data)
        self._before = _Before(commit.tree, name, data, before.entries + len(changes))
        return Text(commit, name, data, before.name, wanted)

    def _whole(self, commit: Commit) -> Text:
        rows = self._trees.rows(commit.oid, commit.tree)
        self._contents.send({row.oid for row in rows if row.kind == "file"})
        entries = [entry for row in rows if (entry := self._entry(commit, row)) is not None]
        data = encode(entries)
        name = hash_bytes(data)
        self._before = _Before(commit.tree, name, data, len(rows)) if len(rows) < MAX_ENTRIES else None
        return Text(commit, name, data)

    def _entry(self, commit: Commit, row: Row) -> Entry | None:
        """Return a row as an entry, None when the server does not have its content."""
        if row.kind == "dir":
            return Entry(type="dir", path=row.path, mode=row.mode)
        if row.kind == "symlink":
            return Entry(type="symlink", path=row.path, target=row.target)
        content = self._contents.of(row.oid)
        if content.reason:
            text = f"{row.path!r} of {commit.oid[:12]} is left out: {content.reason}"
            self._notes.once("content", row.path, row.oid, text=text)
            return None
        return Entry(type="file", path=row.path, hash=content.hash, size=content.size, mode=row.mode)
