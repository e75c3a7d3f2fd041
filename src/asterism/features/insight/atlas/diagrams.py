"""Drawing a part of a map (Fastest 11.5). Pure."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from asterism.features.insight.atlas.graph import counted
from asterism.features.insight.atlas.models import Arrow, Concept, DiagramType, Drawing, Edge, EdgeType, Graph, Node

MAX_NODES, MAX_ARROWS = 60, 120
MAX_MODULES = 40
MAX_STARTS = 8
STEPS = 2
_ENTRIES = ("main", "index", "app", "cli")


class Pencil:
    """Draws one map; what several diagrams need is prepared once."""

    def __init__(self, graph: Graph) -> None:
        self._concepts = {concept.id: concept for concept in graph.concepts}
        self._edges: dict[tuple[EdgeType, str], list[Edge]] = defaultdict(list)
        for edge in graph.edges:
            if edge.start in self._concepts and edge.end in self._concepts:
                self._edges[edge.type, self._concepts[edge.start].layer].append(edge)
        for edges in self._edges.values():
            edges.sort(key=_heaviest_first)
        self._by_start: dict[int, Mapping[str, Sequence[Edge]]] = {}

    def draw(self, type: DiagramType, concept_id: str | None = None) -> Drawing:
        """Return a diagram, around a concept or of the whole; an unknown concept gives an empty one."""
        if concept_id is not None and concept_id not in self._concepts:
            return Drawing(_title(type, None))
        ways: dict[DiagramType, Callable[[str | None], tuple[Sequence[str], Sequence[Edge]]]] = {
            "dependency": self._dependency,
            "component": self._component,
            "flow": self._flow,
            "sequence": self._sequence,
        }
        nodes, edges = ways[type](concept_id)
        title = _title(type, self._concepts[concept_id] if concept_id else None)
        if concept_id is not None and concept_id not in nodes:
            nodes = [concept_id, *nodes]
        return self._drawing(title, nodes, edges, numbered=type == "sequence")

    def _drawing(self, title: str, nodes: Sequence[str], edges: Sequence[Edge], *, numbered: bool) -> Drawing:
        shown = list(dict.fromkeys(nodes))[:MAX_NODES]
        kept = set(shown)
        drawn = [edge for edge in edges if edge.start in kept and edge.end in kept][:MAX_ARROWS]
        found = [self._concepts[id_] for id_ in shown]
        return Drawing(
            title,
            [Node(concept.id, concept.name, concept.layer) for concept in found],
            [Arrow(e.start, e.end, f"{n}." if numbered else _label(e), e.type) for n, e in enumerate(drawn, 1)],
        )

    def _dependency(self, around: str | None) -> tuple[Sequence[str], Sequence[Edge]]:
        if around is not None:
            near = self._near(around)
            inside = [edge for edge in self._layer_of(around) if edge.start in near and edge.end in near]
            return _heaviest(inside, first=[around], more=near), inside
        between = self._edges["depends_on", "module" if self._count("module") <= MAX_MODULES else "system"]
        return _heaviest(between), between

    def _count(self, layer: str) -> int:
        return sum(concept.layer == layer for concept in self._concepts.values())

    def _component(self, around: str | None) -> tuple[Sequence[str], Sequence[Edge]]:
        inside = self._edges["contains", "system"]
        if around is None:
            systems = sorted(id_ for id_, concept in self._concepts.items() if concept.layer == "system")
            return [*systems, *(edge.end for edge in inside)], inside
        below = dict.fromkeys([around, *(edge.end for edge in inside if edge.start == around)])
        edges = [*inside, *(edge for edge in self._edges["contains", "module"] if edge.start in below)]
        below.update(dict.fromkeys(edge.end for edge in edges if edge.start in below))
        return list(below), [edge for edge in edges if edge.start in below]

    def _flow(self, around: str | None) -> tuple[Sequence[str], Sequence[Edge]]:
        edges = self._layer_of(around)
        starts = [around] if around is not None else self._entries(edges)
        return self._reach(starts[:MAX_STARTS], edges), edges

    def _sequence(self, around: str | None) -> tuple[Sequence[str], Sequence[Edge]]:
        edges = self._layer_of(around)
        following = self._following(edges)
        starts = [around] if around is not None else self._entries(edges)[:1]
        path, taken = list(starts), []
        while path and len(path) < MAX_NODES:
            step = next((edge for edge in following.get(path[-1], ()) if edge.end not in path), None)
            if step is None:
                break
            path.append(step.end)
            taken.append(step)
        return path, taken

    def _layer_of(self, around: str | None) -> list[Edge]:
        """Return imports between files, or between the folders that a diagram is about."""
        return self._edges["depends_on", self._concepts[around].layer if around is not None else "code"]

    def _following(self, edges: Sequence[Edge]) -> Mapping[str, Sequence[Edge]]:
        """Return the edges by where they begin."""
        key = id(edges)
        if key not in self._by_start:
            found: dict[str, list[Edge]] = defaultdict(list)
            for edge in edges:
                found[edge.start].append(edge)
            self._by_start[key] = found
        return self._by_start[key]

    def _near(self, around: str) -> set[str]:
        """Return what is within two steps of a concept, whichever way the edges point."""
        edges = self._layer_of(around)
        found = {around}
        for _ in range(STEPS):
            touching = [edge for edge in edges if (edge.start in found) != (edge.end in found)]
            found = found.union(*((edge.start, edge.end) for edge in touching))
        return found

    def _reach(self, starts: Sequence[str], edges: Sequence[Edge]) -> list[str]:
        """Return what can be reached from some concepts along edges, breadth first."""
        following = self._following(edges)
        found = dict.fromkeys(starts)
        waiting = deque(starts)
        while waiting and len(found) < MAX_NODES:
            for edge in following.get(waiting.popleft(), ()):
                if edge.end not in found:
                    found[edge.end] = None
                    waiting.append(edge.end)
        return list(found)

    def _entries(self, edges: Sequence[Edge]) -> list[str]:
        """Return files that import and that nobody imports, those first whose name says that one begins there."""
        imported = {edge.end for edge in edges}
        found = {edge.start for edge in edges} - imported

        def place(id_: str) -> tuple[int, str]:
            stem = self._concepts[id_].name.partition(".")[0].strip("_").lower()
            return (_ENTRIES.index(stem) if stem in _ENTRIES else len(_ENTRIES), id_)

        return sorted(found, key=place)


def _heaviest_first(edge: Edge) -> tuple[int, str, str]:
    return (-(edge.weight or 0), edge.start, edge.end)


def _heaviest(edges: Sequence[Edge], *, first: Sequence[str] = (), more: Iterable[str] = ()) -> list[str]:
    """Return the ends of edges, those of the heaviest first, then what else is wanted by id."""
    ends = [end for edge in edges for end in (edge.start, edge.end)]
    return list(dict.fromkeys([*first, *ends, *sorted(more)]))


def _label(edge: Edge) -> str:
    if edge.type == "contains":
        return "contains"
    return counted(edge.weight or 0, "import")


def _title(type: DiagramType, concept: Concept | None) -> str:
    words = {"dependency": "Dependencies", "component": "Components", "flow": "Flow", "sequence": "Sequence"}[type]
    return f"{words} of {concept.name}" if concept else words
