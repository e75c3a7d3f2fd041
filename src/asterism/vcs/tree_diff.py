"""Comparing two trees by their folder records: only folders whose records differ are visited."""

from collections.abc import Iterator, Mapping

from asterism.vcs.diff import Change, compare
from asterism.vcs.tree import Load, Node, decode, entry_of

Pair = tuple[str, str | None, str | None]  # path of a folder, and its record on the old and the new side


def tree_changes(old_root: str | None, new_root: str | None, load: Load) -> list[Change]:
    """Return the changes that lead from one tree to the other, in byte order of path; None is the empty tree."""
    changes = list(_walk(old_root, new_root, load))
    changes.sort(key=lambda change: change.path.encode())
    return changes


def same_tree(old_root: str | None, new_root: str | None, load: Load) -> bool:
    """Say whether two trees are equal (Fastest 0.9), looking no further than the first difference."""
    return next(_walk(old_root, new_root, load), None) is None


def unchanged_paths(one_root: str | None, other_root: str | None, load: Load, most: int) -> list[str]:
    """Return the first `most` paths of files and symlinks that are equal in both trees, in byte order."""
    found: list[str] = []
    waiting: list[tuple[str, Node, Node]] = []

    def descend(path: str, one: str | None, other: str | None) -> None:
        if one is None or other is None:
            return
        records = load([one] if one == other else [one, other])
        left, right = _children(records, one), _children(records, other)
        shared = [(f"{path}/{name}" if path else name, left[name], right[name]) for name in left.keys() & right.keys()]
        waiting.extend(sorted(shared, key=_place, reverse=True))

    descend("", one_root, other_root)
    while waiting and len(found) < most:
        path, one, other = waiting.pop()
        if _folder(one) is not None or _folder(other) is not None:
            descend(path, _folder(one), _folder(other))
        elif compare(entry_of(one, path), entry_of(other, path)) is None:
            found.append(path)
    return found


def _place(item: tuple[str, Node, Node]) -> bytes:
    """Sort a folder as its contents sort: `a-b` comes before `a/x`."""
    path, one, other = item
    return f"{path}/".encode() if one.type == "dir" and other.type == "dir" else path.encode()


def differing(old_root: str | None, new_root: str | None, load: Load) -> Iterator[tuple[str, Node | None, Node | None]]:
    """Yield the paths at which two trees have other nodes, level by level; the records of a level are fetched at once.

    Stricter than `tree_changes`: modes that are not known differ from all others, and folders count.
    """
    level: list[Pair] = [("", old_root, new_root)] if old_root != new_root else []
    while level:
        wanted = {name for _, old, new in level for name in (old, new) if name is not None}
        records = load(list(wanted))
        below: list[Pair] = []
        for path, old, new in level:
            before, after = _children(records, old), _children(records, new)
            for name in before.keys() | after.keys():
                one, other = before.get(name), after.get(name)
                if one != other:
                    place = f"{path}/{name}" if path else name
                    yield place, one, other
                    folders = (_folder(one), _folder(other))
                    if folders[0] != folders[1]:
                        below.append((place, *folders))
        level = below


def _walk(old_root: str | None, new_root: str | None, load: Load) -> Iterator[Change]:
    for path, one, other in differing(old_root, new_root, load):
        change = compare(None if one is None else entry_of(one, path), None if other is None else entry_of(other, path))
        if change is not None:
            yield change


def _children(records: Mapping[str, bytes], name: str | None) -> dict[str, Node]:
    return {} if name is None else {node.name: node for node in decode(records[name])}


def _folder(node: Node | None) -> str | None:
    return node.hash if node is not None and node.type == "dir" else None
