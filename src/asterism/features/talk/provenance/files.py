"""One file through the history of a project: its versions, their parents, and what they hold."""

from collections.abc import Mapping, Sequence

from asterism.features.versions import snapshots, storage
from asterism.features.versions.projects import Project
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Tx
from asterism.vcs.blame import Version
from asterism.vcs.linediff import MAX_BYTES
from asterism.vcs.merge.similarity import pair_files
from asterism.vcs.tree import Node, entry_of

AT_ONCE = 2000


class FileHistory:
    """Reads versions of a file inside one transaction; what it has read once it remembers."""

    def __init__(self, tx: Tx, blobs: Blobs, project: Project, start: str | None) -> None:
        self._tx, self._blobs, self._user_id = tx, blobs, project.owner_user_id
        self._snapshots = {one.id: one for one in snapshots.ancestry(tx, project.id, [start] if start else [])}
        self._trees = [one.manifest_hash for one in sorted(self._snapshots.values(), key=lambda one: -one.seq)]
        self._nodes: dict[str, dict[str, Node | None]] = {}
        self._contents: dict[str, bytes] = {}

    def node(self, manifest_hash: str, path: str) -> Node | None:
        """Return what a tree has at a path, None when nothing, or when the tree is not stored."""
        known = self._nodes.get(path)
        if known is None:  # most of the way is along one path, so all of its versions are looked up at once
            known = storage.find_nodes(self._tx, self._user_id, self._trees[:AT_ONCE], path)
            self._nodes[path] = known
        if manifest_hash not in known:
            known[manifest_hash] = storage.find_nodes(self._tx, self._user_id, [manifest_hash], path).get(manifest_hash)
        return known[manifest_hash]

    def text(self, node: Node | None) -> bytes:
        """Return what a file holds; nothing for what is none, is lost, or is too large to be compared."""
        if node is None or node.type != "file" or node.size > MAX_BYTES:
            return b""
        if node.hash not in self._contents:
            self._contents.update(self._read([node.hash]))
        return self._contents.get(node.hash, b"")

    def content(self, version: Version) -> bytes:
        """Return what a version holds."""
        return self.text(self.node(self._snapshots[version.snapshot].manifest_hash, version.path))

    def parents(self, version: Version) -> list[Version]:
        """Return the file in the parents of a snapshot, under the name that it had there."""
        here = self._snapshots[version.snapshot]
        found = []
        for parent in here.parents:
            known = self._snapshots.get(parent)
            path = None if known is None else self.path_in(known.manifest_hash, here.manifest_hash, version.path)
            if path is not None:
                found.append(Version(parent, path))
        return found

    def path_in(self, old: str, new: str, path: str) -> str | None:
        """Return the path that a file of the new tree has in the old one, renamed or not."""
        node = self.node(old, path)
        if node is not None:
            return path if node.type == "file" else None
        mine = self.node(new, path)
        if mine is None or storage.find_manifest(self._tx, self._user_id, old) is None:
            return None
        changes = storage.changes(self._tx, self._user_id, old, new)
        vanished = [one.old for one in changes if one.kind == "deleted" and one.old and one.old.type == "file"]
        pairs = pair_files(vanished, [entry_of(mine, path)], self._read, edited=True)
        return next(iter(pairs), None)

    def _read(self, hashes: Sequence[str]) -> Mapping[str, bytes]:
        found = {}
        for blob in hashes:
            try:
                found[blob] = storage.content(self._tx, self._blobs, self._user_id, blob)
            except storage.BlobsMissing:
                continue
        return found
