"""How the map of a project is written (Fastest 11.1, beyond.md 6)."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Self

import msgspec

from asterism.base.ids import CROCKFORD
from asterism.faces.shapes import copied
from asterism.features.insight import atlas
from asterism.features.insight.atlas import Layer


class Concept(msgspec.Struct, kw_only=True):
    """One thing of the map; `metadata` is a JSON text."""

    id: str
    project_id: str
    name: str
    layer: Layer
    type: str | None
    description: str | None
    source_snapshot_id: str | None
    source_manifest_hash: str | None
    metadata: str | None
    created_at: str
    updated_at: str


class Edge(msgspec.Struct, kw_only=True):
    """An edge of the map; its id follows from its ends."""

    id: str
    project_id: str
    from_concept_id: str
    to_concept_id: str
    type: str
    weight: int | None
    created_at: str

    @classmethod
    def of(cls, edge: atlas.Edge, project_id: str, at: str) -> Self:
        """Write an edge."""
        return cls(
            id=edge_id(project_id, edge.start, edge.end, edge.type),
            project_id=project_id,
            from_concept_id=edge.start,
            to_concept_id=edge.end,
            type=edge.type,
            weight=edge.weight,
            created_at=at,
        )


class DecisionLink(msgspec.Struct, kw_only=True):
    """That a decision speaks of a concept."""

    id: str
    project_id: str
    decision_id: str
    concept_id: str
    confidence: int
    created_at: str


class AtlasAnswer(msgspec.Struct, kw_only=True):
    """A whole map; `stale` when the project has a newer tree."""

    concepts: list[Concept]
    edges: list[Edge]
    decision_links: list[DecisionLink]
    source_snapshot_id: str | None
    source_manifest_hash: str | None
    stale: bool

    @classmethod
    def of(cls, found: atlas.Atlas) -> Self:
        """Write a map."""
        project_id, source = found.project_id, found.source
        return cls(
            concepts=[
                Concept(
                    id=one.id,
                    project_id=project_id,
                    name=one.name,
                    layer=one.layer,
                    type=one.kind,
                    description=one.description,
                    source_snapshot_id=source.snapshot_id,
                    source_manifest_hash=source.manifest_hash,
                    metadata=one.metadata,
                    created_at=one.created_at,
                    updated_at=found.at,
                )
                for one in found.graph.concepts
            ],
            edges=[Edge.of(edge, project_id, found.at) for edge in found.graph.edges],
            decision_links=[
                DecisionLink(
                    id=edge_id(project_id, link.decision_id, link.concept_id, "link"),
                    project_id=project_id,
                    decision_id=link.decision_id,
                    concept_id=link.concept_id,
                    confidence=link.confidence,
                    created_at=found.at,
                )
                for link in found.links
            ],
            source_snapshot_id=source.snapshot_id,
            source_manifest_hash=source.manifest_hash,
            stale=found.stale,
        )


class Place(msgspec.Struct):
    """A concept in short."""

    id: str
    name: str
    layer: Layer


class ChangedPlace(msgspec.Struct):
    """A file whose content differs, with the symbols that came and went."""

    id: str
    name: str
    layer: Layer
    symbols: "SymbolChange"


class SymbolChange(msgspec.Struct):
    """Names of symbols."""

    added: Sequence[str]
    removed: Sequence[str]


class ConceptChanges(msgspec.Struct):
    """Concepts that only one of two maps has, or that differ."""

    added: list[Place]
    removed: list[Place]
    changed: list[ChangedPlace]


class EdgeChanges(msgspec.Struct):
    """Edges that only one of two maps has."""

    added: list[Edge]
    removed: list[Edge]


class AtlasDifference(msgspec.Struct):
    """How two maps differ."""

    concepts: ConceptChanges
    edges: EdgeChanges
    summary: str

    @classmethod
    def of(cls, found: atlas.Difference, project_id: str, at: str) -> Self:
        """Write a difference."""
        changed = [
            ChangedPlace(one.concept.id, one.concept.name, one.concept.layer, SymbolChange(one.added, one.removed))
            for one in found.changed
        ]
        return cls(
            ConceptChanges(_places(found.added), _places(found.removed), changed),
            EdgeChanges(
                [Edge.of(edge, project_id, at) for edge in found.edges_added],
                [Edge.of(edge, project_id, at) for edge in found.edges_removed],
            ),
            found.summary,
        )


class Node(msgspec.Struct):
    """A node of a diagram; `type` is its layer."""

    id: str
    label: str
    type: str


class Arrow(msgspec.Struct, rename={"start": "from", "end": "to"}):
    """An edge of a diagram."""

    start: str
    end: str
    label: str
    type: str


class Diagram(msgspec.Struct, kw_only=True):
    """A diagram; `data` is the JSON text of its id, type, title, nodes and edges."""

    id: str
    project_id: str
    concept_id: str | None
    type: atlas.DiagramType
    title: str
    nodes: list[Node]
    edges: list[Arrow]
    data: str
    created_at: str

    @classmethod
    def of(cls, made: atlas.Diagram) -> Self:
        """Write a diagram."""
        drawing = made.drawing
        written = copied(cls, made, title=drawing.title, nodes=drawing.nodes, edges=drawing.arrows, data="")
        data = {name: getattr(written, name) for name in ("id", "type", "title", "nodes", "edges")}
        written.data = msgspec.json.encode(data).decode()
        return written


def edge_id(project_id: str, *ends: str) -> str:
    """Return the id of an edge: a ULID as old as its project, whose random part is made of the ends."""
    value = int.from_bytes(blake2b("\0".join((project_id, *ends)).encode(), digest_size=10).digest(), "big")
    return project_id[:10] + "".join(CROCKFORD[(value >> shift) & 31] for shift in range(75, -1, -5))


def _places(found: Sequence[atlas.Concept]) -> list[Place]:
    return [Place(one.id, one.name, one.layer) for one in found]
