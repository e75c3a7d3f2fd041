"""Folder-level trees behind flat manifests: one content-addressed record per folder, as git does.

Two versions of a tree share the records of every folder in which nothing differs, so comparing, browsing and updating
visit only what does. A record is the msgpack list of its children in byte order of name; its name is the SHA-256 of
those bytes. Records are an index of ours: nothing outside the server sees or names them.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from asterism.vcs.manifest import Entry, EntryType

Load = Callable[[Sequence[str]], Mapping[str, bytes]]
"""Fetches records by name; raises when one is missing."""


class Node(msgspec.Struct, frozen=True, array_like=True, gc=False, omit_defaults=True):
    """One child of a folder.

    `hash` names a file's content or a folder's record. `size` is bytes, of a folder: of all files below it; `files`
    counts the files and symlinks below a folder. `implied` marks a folder that the manifest has no entry for.
    """

    name: str
    type: EntryType
    hash: str = ""
    size: int = 0
    mode: int = 0
    target: str = ""
    files: int = 0
    implied: bool = False


_decoder = msgspec.msgpack.Decoder(list[Node])
_encoder = msgspec.msgpack.Encoder()


class Forest:
    """Records that were made but not stored yet: name to bytes."""

    def __init__(self) -> None:
        self.records: dict[str, bytes] = {}

    def add(self, children: Iterable[Node]) -> str:
        """Make the record of a folder and return its name."""
        data = _encoder.encode(sorted(children, key=_by_name))
        name = hashlib.sha256(data).hexdigest()
        self.records[name] = data
        return name


def _by_name(node: Node) -> bytes:
    return node.name.encode()


def decode(record: bytes) -> list[Node]:
    """Read a record."""
    return _decoder.decode(record)


def build(entries: Iterable[Entry]) -> tuple[Node, Forest]:
    """Make the records of a whole (valid) manifest; return the top as a node without a name, and the records."""
    folders: dict[str, list[Node]] = {"": []}
    explicit: dict[str, int] = {}
    for entry in entries:
        folder, _, name = entry.path.rpartition("/")
        if entry.type == "dir":
            explicit[entry.path] = entry.mode
            folders.setdefault(entry.path, [])
            continue
        node = Node(name, entry.type, entry.hash, entry.size, entry.mode, entry.target)
        siblings = folders.get(folder)
        if siblings is None:
            folders[folder] = [node]
        else:
            siblings.append(node)
    _imply_parents(folders)
    forest = Forest()
    for path in sorted(folders, key=_depth, reverse=True):
        top = folder_node(forest, path.rpartition("/")[2], folders[path], explicit.get(path))
        if path:
            folders[path.rpartition("/")[0]].append(top)
    return top, forest


def _imply_parents(folders: dict[str, list[Node]]) -> None:
    for path in list(folders):
        parent = path.rpartition("/")[0]
        while parent not in folders:
            folders[parent] = []
            parent = parent.rpartition("/")[0]


def _depth(path: str) -> int:
    return path.count("/") + 1 if path else 0


def folder_node(forest: Forest, name: str, children: Sequence[Node], mode: int | None) -> Node:
    """Return the node of a folder with these children, its record added to `forest`; `mode` None: it is implied."""
    files = sum(child.files if child.type == "dir" else 1 for child in children)
    size = sum(child.size for child in children)
    return Node(name, "dir", forest.add(children), size, mode or 0, "", files, mode is None)


def entry_of(node: Node, path: str) -> Entry:
    """Return a node as the entry of a manifest at `path`."""
    if node.type == "dir":
        return Entry(type="dir", path=path, mode=node.mode)
    return Entry(type=node.type, path=path, hash=node.hash, size=node.size, mode=node.mode, target=node.target)
