"""From the changes that a merge came to, to a stored tree."""

from dataclasses import dataclass

from asterism.features.versions import storage
from asterism.features.versions.sync.contents import Contents
from asterism.vcs.content import hash_bytes
from asterism.vcs.diff import compare
from asterism.vcs.manifest import Entry, encode
from asterism.vcs.manifest_delta import ManifestDelta
from asterism.vcs.merge import Changes, apply_changes
from asterism.vcs.splice import can_be_spliced, exchange


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
    data, gone, edited = _changed(contents, ours, changes)
    made = hash_bytes(data)
    if made != ours:
        where = (contents.db, contents.blobs, contents.user_id)
        storage.store_manifest(*where, made, data, quota=contents.quota, edited=edited)
    before = {entry.path: entry for entry in gone}
    compared = [compare(before.get(path), entry) for path, entry in changes.items()]
    found = [change.kind for change in compared if change is not None]
    added, deleted = found.count("added"), found.count("deleted")
    return BuiltTree(made, added, len(found) - added - deleted, deleted)


def _changed(
    contents: Contents, ours: str | None, changes: Changes
) -> tuple[bytes, list[Entry], tuple[str, ManifestDelta] | None]:
    """Return the manifest with the changes made, and entries of ours, those at their paths among them.

    When only few entries were touched, the third tells the difference.
    """
    entries = [entry for entry in changes.values() if entry is not None]
    if ours is None:
        return encode(entries), [], None
    text = contents.text(ours)
    if contents.is_spliceable(ours) or can_be_spliced(text):
        data, gone = exchange(text, changes)
        return data, gone, (ours, ManifestDelta(gone, entries, in_order=True))
    every = contents.entries(ours)
    return encode(apply_changes(every, changes)), every, None
