"""`/v1/projects/:projectId/atlas`: the map of a project's code (Fastest 11, beyond.md 6)."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from asterism.base.clock import stamp
from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.wire_atlas import AtlasAnswer, AtlasDifference, Diagram
from asterism.features.insight import atlas
from asterism.features.insight.atlas import DiagramType, Layer
from asterism.features.versions.projects import UnknownProject
from asterism.features.versions.snapshots import UnknownSnapshot
from asterism.features.versions.storage import ManifestLost, ManifestNotFound


class WhichTree(msgspec.Struct):
    """The tree whose map is wanted, by one of both (default: the map that was indexed)."""

    manifest_hash: str | None = None
    snapshot_id: str | None = None


class TwoTrees(msgspec.Struct, rename={"old": "from", "new": "to"}):
    """Two trees, each the hash of a manifest or the id of a snapshot."""

    old: Annotated[str, Meta(max_length=255)]
    new: Annotated[str, Meta(max_length=255)]


class Embedding(msgspec.Struct):
    """Whether to make vectors, which let the map be searched by meaning."""

    embed: bool = False


class IndexAsked(msgspec.Struct):
    """How many files become chunks."""

    max_files: Annotated[int, Meta(ge=20, le=1000)] = 200


class Indexed(msgspec.Struct, kw_only=True):
    """What the index holds, each number under two names."""

    concepts_created: int
    edges_created: int
    chunks_created: int
    embeddings_created: int
    concepts: int
    edges: int
    chunks: int
    embeddings: int
    warnings: list[str]

    @classmethod
    def of(cls, made: atlas.Counts) -> Self:
        """Write what an index came to."""
        return cls(
            concepts_created=made.concepts,
            edges_created=made.edges,
            chunks_created=made.chunks,
            embeddings_created=made.embeddings,
            concepts=made.concepts,
            edges=made.edges,
            chunks=made.chunks,
            embeddings=made.embeddings,
            warnings=list(made.warnings),
        )


class SearchAsked(msgspec.Struct):
    """What to look for, and how many results to show."""

    query: Annotated[str, Meta(max_length=1000)]
    limit: Annotated[int, Meta(ge=1, le=20)] = 8


class SearchResult(msgspec.Struct):
    """A concept that was found."""

    id: str
    name: str
    description: str | None
    layer: Layer
    score: float


class SearchResults(msgspec.Struct):
    """Concepts, best first."""

    results: list[SearchResult]


class OfConcept(msgspec.Struct):
    """The concept whose diagrams are wanted (default: the newest of all)."""

    concept_id: str | None = None


class DiagramAsked(msgspec.Struct):
    """What to draw: a type, around a concept or of the whole map."""

    concept_id: str | None = None
    type: DiagramType = "dependency"


class DiagramList(msgspec.Struct):
    """Diagrams, newest first."""

    diagrams: list[Diagram]


class DiagramAnswer(msgspec.Struct):
    """A diagram."""

    diagram: Diagram


@get(
    "/v1/projects/{project_id:str}/atlas",
    tx="none",
    errors=(UnknownProject, UnknownSnapshot, ManifestNotFound, ManifestLost),
)
def show(call: Call, project_id: str, query: WhichTree) -> AtlasAnswer:
    """GET /v1/projects/:projectId/atlas: the map that was indexed, or that of any stored tree."""
    maps, caller = call.rt.insight.maps, call.caller
    if query.manifest_hash is None and query.snapshot_id is None:
        return AtlasAnswer.of(atlas.read_atlas(maps, caller, project_id))
    found = atlas.read_tree(maps, caller, project_id, manifest_hash=query.manifest_hash, snapshot_id=query.snapshot_id)
    return AtlasAnswer.of(found)


@get(
    "/v1/projects/{project_id:str}/atlas/diff",
    tx="none",
    errors=(UnknownProject, UnknownSnapshot, ManifestNotFound, ManifestLost),
)
def diff(call: Call, project_id: str, query: TwoTrees) -> AtlasDifference:
    """GET /v1/projects/:projectId/atlas/diff: how the maps of two trees differ."""
    found = atlas.compare(call.rt.insight.maps, call.caller, project_id, query.old, query.new)
    return AtlasDifference.of(found, project_id, stamp(call.rt.clock.now()))


@post("/v1/projects/{project_id:str}/atlas/index", errors=(UnknownProject, ManifestLost))
async def index(call: Call, project_id: str, query: Embedding, body: IndexAsked) -> Indexed:
    """POST /v1/projects/:projectId/atlas/index: make the map of the newest tree; it takes the place of the last one."""
    indexer = call.rt.insight.indexer
    return Indexed.of(await indexer.index(call.caller, project_id, embed=query.embed, max_files=body.max_files))


@post("/v1/projects/{project_id:str}/atlas/search", errors=(UnknownProject, ManifestLost))
async def search(call: Call, project_id: str, body: SearchAsked) -> SearchResults:
    """POST /v1/projects/:projectId/atlas/search: find concepts by words, and by meaning where there are vectors."""
    services = call.rt.insight
    found = await atlas.search(services.maps, services.embedder, call.caller, project_id, body.query, body.limit)
    return SearchResults(
        [SearchResult(o.concept.id, o.concept.name, o.concept.description, o.concept.layer, o.score) for o in found]
    )


@get("/v1/projects/{project_id:str}/atlas/diagrams", errors=(UnknownProject,))
def diagrams(call: Call, project_id: str, query: OfConcept) -> DiagramList:
    """GET /v1/projects/:projectId/atlas/diagrams: diagrams of a concept, or the newest of the project."""
    found = atlas.list_diagrams(call.tx, call.caller, project_id, query.concept_id)
    return DiagramList([Diagram.of(one) for one in found])


@post("/v1/projects/{project_id:str}/atlas/diagrams", tx="none", errors=(UnknownProject, ManifestLost))
def diagram(call: Call, project_id: str, body: DiagramAsked) -> DiagramAnswer:
    """POST /v1/projects/:projectId/atlas/diagrams: draw the map, or a part of it, and keep the diagram."""
    made = atlas.draw(call.rt.insight.maps, call.caller, project_id, body.type, body.concept_id)
    return DiagramAnswer(Diagram.of(made))
