"""Changing a few paths of a tree: only the records of their folders, and of those above, are made anew."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from asterism.vcs.manifest import Entry
from asterism.vcs.tree import Forest, Load, Node, decode, folder_node

_Folders = dict[str, dict[str, Node]]


class EditRefused(Exception):
    """The edits do not fit the tree: a path is taken, is not there, or lies below a file."""


@dataclass(slots=True)
class _Step:
    """What happens at one name of a folder, and below it."""

    old: Entry | None = None
    new: Entry | None = None
    below: dict[str, "_Step"] = field(default_factory=dict)


def edit_tree(root: str, removed: Iterable[Entry], added: Iterable[Entry], load: Load) -> tuple[Node, Forest]:
    """Return the top of a tree after `removed` entries were taken out and `added` ones put in, and the new records.

    The result is what `tree.build` makes of the entries that are left. Raises EditRefused.
    """
    top = _Step()
    for entry in removed:
        step = _step_at(top, entry.path)
        if step.old is not None:
            raise EditRefused(entry.path)
        step.old = entry
    for entry in added:
        step = _step_at(top, entry.path)
        if step.new is not None:
            raise EditRefused(entry.path)
        step.new = entry
    forest, folders = Forest(), _touched(root, top, load)
    children = _edit_folder(root, top.below, folders, forest)
    return folder_node(forest, "", list(children.values()), None), forest


def _step_at(top: _Step, path: str) -> _Step:
    step = top
    for name in path.split("/"):
        step = step.below.setdefault(name, _Step())
    return step


def _touched(root: str, top: _Step, load: Load) -> _Folders:
    """Return the children, by name, of every folder in which something happens, fetched level by level."""
    folders: _Folders = {}
    level = [(root, top)]
    while level:
        wanted = list({name for name, _ in level} - folders.keys())
        records = load(wanted) if wanted else {}
        folders |= {name: {node.name: node for node in decode(records[name])} for name in wanted}
        level = [
            (node.hash, below)
            for name, step in level
            for child, below in step.below.items()
            if (node := folders[name].get(child)) is not None and node.type == "dir"
        ]
    return folders


def _edit_folder(record: str | None, steps: dict[str, _Step], folders: _Folders, forest: Forest) -> dict[str, Node]:
    children = {} if record is None else dict(folders[record])
    for name, step in steps.items():
        node = _edit_node(name, children.pop(name, None), step, folders, forest)
        if node is not None:
            children[name] = node
    return children


def _edit_node(name: str, node: Node | None, step: _Step, folders: _Folders, forest: Forest) -> Node | None:
    """Return what stands at a name after its step, None when nothing does."""
    mode = None if node is None or node.type != "dir" or node.implied else node.mode
    if step.old is not None:
        if node is None or node.type != step.old.type or (node.type == "dir" and node.implied):
            raise EditRefused(step.old.path)
        node, mode = (node, None) if node.type == "dir" else (None, None)
    if node is not None and node.type != "dir":
        if step.new is not None or step.below:
            raise EditRefused(node.name)
        return node
    if step.new is not None and step.new.type == "dir":
        if mode is not None:
            raise EditRefused(step.new.path)
        mode = step.new.mode
    inside = _edit_folder(node.hash if node is not None else None, step.below, folders, forest)
    if step.new is not None and step.new.type != "dir":
        if inside:
            raise EditRefused(step.new.path)
        entry = step.new
        return Node(name, entry.type, entry.hash, entry.size, entry.mode, entry.target)
    if not inside and mode is None:
        return None
    return folder_node(forest, name, list(inside.values()), mode)
