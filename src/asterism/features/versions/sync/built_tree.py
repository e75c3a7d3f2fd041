"""From the changes that a merge came to, to a stored tree."""

from dataclasses import dataclass

from asterism.features.versions import storage
from asterism.features.versions.sync.contents import Contents
from asterism.vcs.content import hash_bytes
from asterism.vcs.diff import compare
from asterism.vcs.manifest import Entry, encode
from asterism.vcs.merge import Changes, apply_changes
from asterism.vcs.splice import exchange, is_canonical


@dataclass(frozen=True, slots=True)
class BuiltTree:
    """A stored tree: its manifest, and how it differs from the one that was changed."""

    manifest_hash: str | None
    added: int
    updated: int
    deleted: int

    @property
    def changed(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.updated or self.deleted)


def build_tree(contents: Contents, ours: str | None, changes: Changes) -> BuiltTree:
    """Store the tree that the changes make of ours, and count what differs. Raises UnknownManifest or QuotaExceeded."""
    if not changes:
        return BuiltTree(ours, 0, 0, 0)
    data, before = _changed(contents, ours, changes)
    made = hash_bytes(data)
    if made != ours:
        storage.upload(contents.db, contents.blobs, contents.user_id, made, data, quota=contents.quota)
    compared = [compare(before.get(path), entry) for path, entry in changes.items()]
    found = [change.kind for change in compared if change is not None]
    added, deleted = found.count("added"), found.count("deleted")
    return BuiltTree(made, added, len(found) - added - deleted, deleted)


def _changed(contents: Contents, ours: str | None, changes: Changes) -> tuple[bytes, dict[str, Entry]]:
    """Return the manifest with the changes made, and what stood at their paths before."""
    if ours is None:
        return encode(entry for entry in changes.values() if entry is not None), {}
    text = contents.text(ours)
    if is_canonical(text):
        data, gone = exchange(text, changes)
    else:
        gone = contents.entries(ours)
        data = encode(apply_changes(gone, changes))
    return data, {entry.path: entry for entry in gone}
