"""From the changes that a merge came to, to a stored tree."""

from dataclasses import dataclass

from asterism.features.versions import storage
from asterism.features.versions.sync.contents import Contents
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import encode
from asterism.vcs.merge import Changes, apply_changes
from asterism.vcs.splice import is_canonical, splice


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
    if ours is None:
        data = encode(entry for entry in changes.values() if entry is not None)
    else:
        text = contents.text(ours)
        data = splice(text, changes) if is_canonical(text) else encode(apply_changes(contents.entries(ours), changes))
    made = hash_bytes(data)
    if made != ours:
        storage.upload(contents.db, contents.blobs, contents.user_id, made, data, quota=contents.quota)
    with contents.db.read() as tx:
        found = storage.changes(tx, contents.user_id, ours, made)
    added = sum(change.kind == "added" for change in found)
    deleted = sum(change.kind == "deleted" for change in found)
    return BuiltTree(made, added, len(found) - added - deleted, deleted)
