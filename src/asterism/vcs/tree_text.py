"""The text of a manifest, written from the records of its folders (`vcs/tree.py`): the inverse of taking it apart.

What `manifest.encode` writes is fixed by the entries alone, and the records hold all of them, so a manifest in the
canonical form need not be kept beside its records.
"""

import re
from collections.abc import Sequence

from asterism.vcs.manifest import encode
from asterism.vcs.splice import BETWEEN, FOOT, HEAD, entry_block
from asterism.vcs.tree import Load, Node, decode, entry_of

_AWKWARD = re.compile('["\\\\<>&\u2028\u2029\x00-\x1f]')
_FILE = '      "type": "file",\n      "path": "'
_HASH, _SIZE, _MODE = '",\n      "hash": "', '",\n      "size": ', ',\n      "mode": '


def write_text(root: str, load: Load) -> bytes:
    """Return the canonical manifest whose top folder has the record `root`. Raises what `load` does."""
    folders = _load_all(root, load)
    blocks: list[str] = []
    _write_folder(folders, root, "", blocks)
    if not blocks:
        return encode([])
    blocks[0] = HEAD.decode() + blocks[0]
    blocks[-1] += FOOT.decode()
    return BETWEEN.decode().join(blocks).encode()


def _load_all(root: str, load: Load) -> dict[str, list[Node]]:
    """Return all folders of a tree by the name of their records, fetched level by level."""
    folders: dict[str, list[Node]] = {}
    waiting = {root}
    while waiting:
        records = load(list(waiting))
        level = {name: decode(records[name]) for name in waiting}
        folders |= level
        waiting = {node.hash for nodes in level.values() for node in nodes if node.type == "dir"} - folders.keys()
    return folders


def _write_folder(folders: dict[str, list[Node]], name: str, prefix: str, blocks: list[str]) -> None:
    """Add the blocks of all entries below a folder, in the order of the bytes of their paths."""
    nodes = folders[name]
    plain = _AWKWARD.search(prefix) is None and _AWKWARD.search("".join([node.name for node in nodes])) is None
    kinds = {node.type for node in nodes}
    if plain and kinds == {"file"}:
        head, hash_line, size_line, mode_line = _FILE + prefix, _HASH, _SIZE, _MODE
        blocks += [
            f"{head}{node.name}{hash_line}{node.hash}{size_line}{node.size}{mode_line}{node.mode}"
            if node.size and node.mode
            else _block(node, prefix, plain)
            for node in nodes
        ]
        return
    if "dir" not in kinds:
        blocks += [_block(node, prefix, plain) for node in nodes]
        return
    for node, inside in _in_order(nodes):
        if inside:
            _write_folder(folders, node.hash, f"{prefix}{node.name}/", blocks)
        else:
            blocks.append(_block(node, prefix, plain))


def _block(node: Node, prefix: str, plain: bool) -> str:
    if plain and node.type == "file":
        size = f',\n      "size": {node.size}' if node.size else ""
        mode = f',\n      "mode": {node.mode}' if node.mode else ""
        return f'{_FILE}{prefix}{node.name}",\n      "hash": "{node.hash}"{size}{mode}'
    return entry_block(entry_of(node, prefix + node.name)).decode()


def _in_order(nodes: Sequence[Node]) -> Sequence[tuple[Node, bool]]:
    """Return what stands in a folder, in order; a folder once for its own entry, and once for what is inside it.

    The first sorts by its name, the second by its name and a slash: `a`, `a-b`, `a/c`.
    """
    places = [(node.name, node, False) for node in nodes if not node.implied]
    inside = [(f"{node.name}/", node, True) for node in nodes if node.type == "dir"]
    if inside:
        places = sorted(places + inside, key=lambda place: place[0])
    return [(node, below) for _, node, below in places]
