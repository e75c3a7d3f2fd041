"""Looking into a stored manifest one folder at a time, by its folder records."""

from collections.abc import Iterator, Sequence

from asterism.base.pagination import Page, decode_cursor, encode_cursor
from asterism.features.versions.storage import store
from asterism.features.versions.storage.errors import UnknownPath
from asterism.features.versions.storage.manifests import manifest
from asterism.kernel.db import Tx
from asterism.vcs.tree import Node, decode


def list_folder(
    tx: Tx, user_id: str, manifest_hash: str, path: str, *, limit: int, cursor: str | None = None
) -> Page[Node]:
    """Return the children of a folder, folders first, then by byte order of name; of a file, the file itself.

    `path` `""` is the top. Raises UnknownManifest or UnknownPath.
    """
    scope = f"files:{manifest_hash}:{path}"
    after = decode_cursor(scope, cursor, tuple[int, str]) if cursor else None
    children = sorted(_children_at(tx, user_id, manifest(tx, user_id, manifest_hash).root, path), key=_place)
    if after is not None:
        children = [node for node in children if _place(node) > (after[0], after[1].encode())]
    more = len(children) > limit
    last = children[limit - 1] if more else None
    return Page(children[:limit], encode_cursor(scope, [_place(last)[0], last.name]) if last else None)


def find_node(tx: Tx, user_id: str, root: str, path: str) -> Node | None:
    """Return what a tree has at `path`, None when it has nothing there."""
    found: Node | None = Node("", "dir", root)
    for name in path.split("/"):
        if found is None or found.type != "dir":
            return None
        found = next((node for node in _load(tx, user_id, found.hash) if node.name == name), None)
    return found


def find_nodes(tx: Tx, user_id: str, manifest_hashes: Sequence[str], path: str) -> dict[str, Node | None]:
    """Return what each of many trees has at `path`, by manifest, None for nothing; trees not stored are left out.

    Takes one query for each part of the path, however many trees there are.
    """
    at: dict[str, str | None] = dict(store.roots(tx, user_id, manifest_hashes))
    found: dict[str, Node | None] = dict.fromkeys(at)
    *folders, last = path.split("/")
    for name in (*folders, last):
        wanted = {record for record in at.values() if record is not None}
        records = store.tree_records(tx, user_id, list(wanted))
        named = {
            record: next((one for one in decode(data) if one.name == name), None) for record, data in records.items()
        }
        found = {tree: None if record is None else named[record] for tree, record in at.items()}
        at = {tree: node.hash if node is not None and node.type == "dir" else None for tree, node in found.items()}
    return found


def walk(tx: Tx, user_id: str, root: str, *, max_folders: int) -> Iterator[tuple[str, Node]]:
    """Yield files and symlinks with their paths below `root`, level by level.

    At most `max_folders` folders are looked into; each further one is yielded itself.
    """
    level, looked_into = [("", root)], 0
    while level:
        records = store.tree_records(tx, user_id, list({record for _, record in level}))
        below: list[tuple[str, str]] = []
        for folder, record in level:
            for node in decode(records[record]):
                path = f"{folder}/{node.name}" if folder else node.name
                if node.type == "dir" and looked_into < max_folders:
                    looked_into += 1
                    below.append((path, node.hash))
                else:
                    yield path, node
        level = below


def _children_at(tx: Tx, user_id: str, root: str, path: str) -> list[Node]:
    if not path:
        return _load(tx, user_id, root)
    found = find_node(tx, user_id, root, path)
    if found is None:
        raise UnknownPath(path)
    return _load(tx, user_id, found.hash) if found.type == "dir" else [found]


def _load(tx: Tx, user_id: str, record: str) -> list[Node]:
    return decode(store.tree_records(tx, user_id, [record])[record])


def _place(node: Node) -> tuple[int, bytes]:
    return (0 if node.type == "dir" else 1, node.name.encode())
