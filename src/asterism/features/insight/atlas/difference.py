"""How the maps of two trees differ (beyond.md 6). Pure; what is equal in both is passed over, not built."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from asterism.features.insight.atlas.graph import MappedTree, build_graph, counted, in_order, module_of, system_of
from asterism.features.insight.atlas.models import Changed, Concept, Difference, Edge
from asterism.vcs.manifest import Entry


def difference(old: MappedTree, new: MappedTree) -> Difference:
    """Return what leads from one map to the other. A file counts as changed when its content differs."""
    before, after = old.by_path, new.by_path
    gone, come = _only_in(before, after), _only_in(after, before)
    same = before.keys() & after.keys()
    edited = [after[path] for path in sorted(same, key=str.encode) if before[path].hash != after[path].hash]
    removed, edges_removed = _alone(old, gone, new)
    added, edges_added = _alone(new, come, old)
    changed = [_changed(concept, old, new) for concept in _files(new, edited)]
    edges_removed += _imports_without(old, new)
    edges_added += _imports_without(new, old)
    summary = _summary(len(come), len(gone), len(changed), edges_added, edges_removed)
    return Difference(in_order(added), in_order(removed), changed, edges_added, edges_removed, summary)


def _only_in(these: Mapping[str, Entry], others: Mapping[str, Entry]) -> list[Entry]:
    return [these[path] for path in sorted(these.keys() - others.keys(), key=str.encode)]


def _files(tree: MappedTree, entries: Sequence[Entry]) -> list[Concept]:
    return in_order(tree.pieces[entry.path].concept for entry in entries)


def _alone(tree: MappedTree, entries: Sequence[Entry], other: MappedTree) -> tuple[list[Concept], list[Edge]]:
    """Return the concepts that only one of two maps has, given its own files, and how they are contained.

    All files of a folder that the other map lacks are among them, so what is built of them alone is whole.
    """
    graph = build_graph(entries, [tree.pieces[entry.path] for entry in entries], at="")
    shared = {id_ for path in other.by_path for id_ in (f"system:{system_of(path)}", f"module:{module_of(path)}")}
    edges = [edge for edge in graph.edges if edge.end not in shared]
    return [concept for concept in graph.concepts if concept.id not in shared], edges


def _changed(concept: Concept, old: MappedTree, new: MappedTree) -> Changed:
    before, after = old.facts.get(concept.path), new.facts.get(concept.path)
    had = {symbol.name for symbol in before.symbols} if before else set()
    has = {symbol.name for symbol in after.symbols} if after else set()
    return Changed(concept, sorted(has - had), sorted(had - has))


def _imports_without(tree: MappedTree, other: MappedTree) -> list[Edge]:
    """Return the dependencies of one map that the other has not, whatever their weight."""
    return list(chain(_between_files(tree, other), _between_folders(tree, other)))


def _between_files(tree: MappedTree, other: MappedTree) -> Iterator[Edge]:
    for path, targets in tree.imports.items():
        theirs = other.imports.get(path, {})
        if targets != theirs:
            for target, count in targets.items():
                if target not in theirs:
                    yield Edge(f"code:{path}", f"code:{target}", "depends_on", count)


def _between_folders(tree: MappedTree, other: MappedTree) -> Iterator[Edge]:
    for (start, end), count in tree.sums.items():
        if (start, end) not in other.sums:
            yield Edge(start, end, "depends_on", count)


def _summary(added: int, removed: int, changed: int, edges_added: Sequence[Edge], edges_removed: Sequence[Edge]) -> str:
    parts = [
        (added, "file", "added"),
        (removed, "file", "removed"),
        (changed, "file", "changed"),
        (sum(map(_is_import, edges_added)), "import", "added"),
        (sum(map(_is_import, edges_removed)), "import", "removed"),
    ]
    told = [f"{counted(number, noun)} {what}" for number, noun, what in parts if number]
    return f"{', '.join(told)}." if told else "The maps are the same."


def _is_import(edge: Edge) -> bool:
    return edge.type == "depends_on" and edge.start.startswith("code:")
