"""Which paths of three trees a merge has to look at: all that are not the same on both sides."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from asterism.vcs.manifest import Entry
from asterism.vcs.merge.models import Triple
from asterism.vcs.tree import Load, Node, decode, entry_of


@dataclass
class Sides:
    """The paths on which ours and main may differ, and what is known about the rest.

    `unchanged` counts files and links that were passed over because both sides have the very same entry. `shared`
    holds folders that were looked into and hold something that was passed over.
    """

    triples: dict[str, Triple] = field(default_factory=dict)
    unchanged: int = 0
    shared: set[str] = field(default_factory=set)


def from_entries(base: Iterable[Entry], ours: Iterable[Entry], main: Iterable[Entry]) -> Sides:
    """Compare three manifests path by path."""
    trees = [{entry.path: entry for entry in side} for side in (base, ours, main)]
    sides = Sides()
    for path in trees[1].keys() | trees[2].keys() | trees[0].keys():
        triple = Triple(path, trees[0].get(path), trees[1].get(path), trees[2].get(path))
        if triple.ours is not None and triple.ours == triple.main:
            sides.unchanged += triple.ours.type != "dir"
            sides.shared.add(path.rpartition("/")[0])
        elif triple.ours is not None or triple.main is not None or triple.base is not None:
            sides.triples[path] = triple
    return sides


_Folder = tuple[str, str | None, str | None, str | None]  # path, and its record in base, ours and main


def from_records(base: str | None, ours: str | None, main: str | None, load: Load) -> Sides:
    """Compare three trees by the names of their folder records; None is the empty tree.

    Only folders whose records differ between the sides are visited, also where only base differs: what both sides
    took away may have been renamed. The records of a level are fetched at once.
    """
    sides = Sides()
    level: list[_Folder] = [("", base, ours, main)] if _differ(base, ours, main) else []
    if not level and ours is not None:
        sides.unchanged = sum(_files(node) for node in decode(load([ours])[ours]))
    while level:
        wanted = list(dict.fromkeys(name for _, *names in level for name in names if name is not None))
        records = load(wanted)
        level = [pair for path, *names in level for pair in _folder(sides, path, names, records)]
    return sides


def _folder(sides: Sides, path: str, names: Sequence[str | None], records: Mapping[str, bytes]) -> Iterator[_Folder]:
    """Take in the children of one folder and yield the folders below that have to be visited."""
    bases, mine, theirs = (
        {} if name is None else {node.name: node for node in decode(records[name])} for name in names
    )
    alike = 0
    for name in mine.keys() | theirs.keys() | bases.keys():
        base, ours, main = bases.get(name), mine.get(name), theirs.get(name)
        if ours is not None and ours.type != "dir" and ours == main and (base is None or base.type != "dir"):
            alike += 1  # most of them; nothing is made of these
            continue
        place = f"{path}/{name}" if path else name
        before, here, there = _record(base), _record(ours), _record(main)
        triple = Triple(place, _entry(base, place), _entry(ours, place), _entry(main, place))
        if triple.ours is not None and triple.ours == triple.main:
            sides.shared.add(path)
            sides.unchanged += triple.ours is not None and triple.ours.type != "dir"
        elif any((triple.base, triple.ours, triple.main)):
            sides.triples[place] = triple
        if _differ(before, here, there):
            yield place, before, here, there
        elif ours is not None and ours.type == "dir":
            sides.shared.update((path, place))
            sides.unchanged += ours.files
    if alike:
        sides.shared.add(path)
        sides.unchanged += alike


def _differ(base: str | None, ours: str | None, main: str | None) -> bool:
    return ours != main or (base is not None and base != ours)


def _record(node: Node | None) -> str | None:
    return node.hash if node is not None and node.type == "dir" else None


def _files(node: Node) -> int:
    return node.files if node.type == "dir" else 1


def _entry(node: Node | None, path: str) -> Entry | None:
    """Return the entry that a manifest has for a node, None for a folder that is only implied."""
    return None if node is None or (node.type == "dir" and node.implied) else entry_of(node, path)


def folders_above(path: str) -> list[str]:
    """Return the folders that a path lies in, nearest first."""
    found = []
    while "/" in path:
        path = path.rpartition("/")[0]
        found.append(path)
    return found
