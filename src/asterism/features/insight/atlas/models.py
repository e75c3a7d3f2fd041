"""The map of a tree: concepts in layers, and edges between them (Fastest 11.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from msgspec import Struct

Layer = Literal["system", "module", "code", "narrative", "capability"]
EdgeType = Literal["contains", "depends_on", "relates"]

LAYERS: tuple[Layer, ...] = ("system", "module", "code", "narrative", "capability")
MAX_CODE = 20_000
MAX_SYMBOLS = 50


class Concept(Struct, frozen=True, array_like=True, gc=False):
    """One thing of the map. `kind` of code is its language; `metadata` is a JSON text; `blob` the file's content."""

    id: str
    name: str
    layer: Layer
    kind: str | None = None
    description: str | None = None
    metadata: str | None = None
    created_at: str = ""
    blob: str | None = None

    @property
    def path(self) -> str:
        """The path of a file."""
        return self.id.removeprefix("code:")


class Edge(Struct, frozen=True, array_like=True, gc=False):
    """An edge between two concepts, by id; `weight` counts import statements."""

    start: str
    end: str
    type: EdgeType
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """A whole map; concepts in the order of layers, then name and id. `warnings` are sentences for people."""

    concepts: Sequence[Concept] = ()
    edges: Sequence[Edge] = ()
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Which tree a map is of; both None where there is no tree at all."""

    manifest_hash: str | None = None
    snapshot_id: str | None = None


@dataclass(frozen=True, slots=True)
class Atlas:
    """A map as it is shown: with decisions, and whether the project has a newer tree. `at` is when it was made."""

    project_id: str
    source: Source
    graph: Graph
    at: str
    stale: bool
    links: Sequence["Link"] = ()


class Link(Struct, frozen=True, array_like=True, gc=False):
    """A decision that speaks of a concept. `confidence` is 90 for a path or a quoted name, else 70."""

    decision_id: str
    concept_id: str
    confidence: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a map that has a meaning: the beginning of a file, or a decision.

    `content_hash` names its text; `vector` holds 32-bit numbers of a vector of length 1, made by `model`.
    """

    id: str
    concept_id: str
    kind: Literal["code", "decision"]
    content_hash: str
    model: str | None = None
    dimension: int | None = None
    vector: bytes | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What an index came to; all of the index, not only what is new."""

    concepts: int = 0
    edges: int = 0
    chunks: int = 0
    embeddings: int = 0
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A concept that a search found; `score` is not rounded."""

    concept: Concept
    score: float


@dataclass(frozen=True, slots=True)
class Changed:
    """A file whose content differs between two trees, and which of its symbols came and went."""

    concept: Concept
    added: Sequence[str]
    removed: Sequence[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """How the maps of two trees differ."""

    added: Sequence[Concept] = ()
    removed: Sequence[Concept] = ()
    changed: Sequence[Changed] = ()
    edges_added: Sequence[Edge] = ()
    edges_removed: Sequence[Edge] = ()
    summary: str = ""


DiagramType = Literal["flow", "dependency", "component", "sequence"]


class Node(Struct, frozen=True):
    """A node of a diagram; `type` is its layer."""

    id: str
    label: str
    type: str


class Arrow(Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """An edge of a diagram; `label` is what a person reads."""

    start: str
    end: str
    label: str
    type: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a diagram shows."""

    title: str
    nodes: Sequence[Node] = ()
    arrows: Sequence[Arrow] = ()


@dataclass(frozen=True, slots=True)
class Diagram:
    """A stored diagram."""

    id: str
    project_id: str
    concept_id: str | None
    type: DiagramType
    drawing: Drawing
    created_at: str


@dataclass(frozen=True, slots=True)
class Capability:
    """What a model says that the code can do, and the keys of the modules that do it."""

    name: str
    description: str
    modules: Sequence[str] = field(default_factory=tuple)


Created = Mapping[str, str]
"""When each concept of an older index was first seen, by id."""
