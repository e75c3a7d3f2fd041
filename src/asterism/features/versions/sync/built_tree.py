"""From the changes that a merge came to, to a stored tree."""

from dataclasses import dataclass

from asterism.features.versions import storage
from asterism.features.versions.storage import Edited
from asterism.features.versions.sync.contents import Contents, lost_as_missing
from asterism.vcs.content import hash_bytes
from asterism.vcs.diff import compare
from asterism.vcs.manifest import encode
from asterism.vcs.merge import Changes


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
    made = _made(contents, ours, changes)
    compared = [compare(made.before.get(path), entry) for path, entry in changes.items()]
    found = [change.kind for change in compared if change is not None]
    added, deleted = found.count("added"), found.count("deleted")
    return BuiltTree(made.hash, added, len(found) - added - deleted, deleted)


def _made(contents: Contents, ours: str | None, changes: Changes) -> Edited:
    where = (contents.db, contents.blobs, contents.user_id)
    if ours is not None:
        with lost_as_missing(ours):
            return storage.edit_manifest(*where, ours, changes, quota=contents.quota)
    data = encode(entry for entry in changes.values() if entry is not None)
    made = hash_bytes(data)
    return Edited(made, storage.store_manifest(*where, made, data, quota=contents.quota), {})
