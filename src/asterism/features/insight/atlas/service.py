"""Use cases of the map that read: the graph, searches, diagrams, differences. All but the search block."""

import asyncio
from collections.abc import Sequence

from asterism.base import ids
from asterism.features.accounts.identity import Caller
from asterism.features.insight import decisions
from asterism.features.insight.atlas import decision_links, store, trees
from asterism.features.insight.atlas.difference import difference
from asterism.features.insight.atlas.embeddings import Embedder, name_of, near
from asterism.features.insight.atlas.kept_map import kept
from asterism.features.insight.atlas.maps import Maps, Prepared
from asterism.features.insight.atlas.models import (
    Atlas,
    Chunk,
    Diagram,
    DiagramType,
    Difference,
    Found,
    Graph,
    Source,
)
from asterism.features.insight.atlas.search import SearchIndex, fuse, rank
from asterism.features.insight.decisions import Decision
from asterism.features.versions import projects
from asterism.features.versions.projects import Project
from asterism.kernel.db import Tx

MAX_LISTED_DIAGRAMS = 20
KEPT_DIAGRAMS = 50
RANKED = 200


def read_atlas(maps: Maps, caller: Caller, project_id: str) -> Atlas:
    """Return the map that is kept of a project; an empty one before the first index. Raises UnknownProject."""
    with maps.db.read() as tx:
        project = projects.get_project(tx, caller, project_id)
        found, graph = store.find_index(tx, project.id), store.graph_of(tx, project.id)
        known, links = decisions.newest(tx, project.id), decision_links.kept_links(tx, project.id)
        newest, now = trees.latest(tx, project), tx.now()
    source, at = found or (Source(), now)
    stale = newest.manifest_hash != source.manifest_hash
    return Atlas(project.id, source, decision_links.told(graph, known, links), at, stale, links)


def read_tree(
    maps: Maps, caller: Caller, project_id: str, *, manifest_hash: str | None, snapshot_id: str | None
) -> Atlas:
    """Return the map of any tree, made from facts; nothing is kept.

    Raises UnknownProject, ManifestNotFound or UnknownSnapshot.
    """
    with maps.db.read() as tx:
        project = projects.get_project(tx, caller, project_id)
        source = trees.of_snapshot(tx, project, snapshot_id) if snapshot_id is not None else Source()
        source = trees.of_manifest(tx, project, manifest_hash) if manifest_hash is not None else source
        newest, now = trees.latest(tx, project), tx.now()
        known = decisions.newest(tx, project.id)
    prepared = maps.of_tree(project.owner_user_id, str(source.manifest_hash), now)
    links = decision_links.links_to(prepared, known)
    stale = newest.manifest_hash != source.manifest_hash
    return Atlas(project.id, source, decision_links.told(prepared.graph, known, links), now, stale, links)


def compare(maps: Maps, caller: Caller, project_id: str, old: str, new: str) -> Difference:
    """Return how the maps of two trees differ, each named by a manifest's hash or a snapshot's id.

    Raises UnknownProject, ManifestNotFound or UnknownSnapshot.
    """
    with maps.db.read() as tx:
        project = projects.get_project(tx, caller, project_id)
        hashes = [str(trees.named(tx, project, name).manifest_hash) for name in (old, new)]
    before, after = (maps.tree(project.owner_user_id, name) for name in hashes)
    return difference(before, after)


async def search(
    maps: Maps, embedder: Embedder, caller: Caller, project_id: str, query: str, limit: int
) -> Sequence[Found]:
    """Return the concepts that a query finds, best first: by words, and by meaning where there are vectors.

    Raises UnknownProject.
    """
    db = maps.db
    project = await db.run_read(projects.get_project, caller, project_id)
    if not query.strip():
        return []
    prepared, known, chunks = await asyncio.to_thread(_searched, maps, project)
    said = SearchIndex(decision_links.narratives(known))
    words = await asyncio.to_thread(rank, [prepared.search, said], query, RANKED)
    models = {chunk.model for chunk in chunks if chunk.vector is not None}
    target = await embedder.find(db, project.owner_user_id) if models else None
    if target is None or name_of(target) not in models:
        return words[:limit]
    vectors = await embedder.vectors(target, [query])
    if not vectors:
        return words[:limit]
    concepts = {concept.id: concept for index in (prepared.search, said) for concept in index.concepts}
    return fuse(words, near(vectors[0], name_of(target), chunks, concepts))[:limit]


def _searched(maps: Maps, project: Project) -> tuple[Prepared, Sequence[Decision], Sequence[Chunk]]:
    """Return the map that a search looks through: the kept one, else that of the newest tree."""
    with maps.db.read() as tx:
        known = decisions.newest(tx, project.id)
        chunks = store.chunks_of(tx, project.id)
    return current(maps, project), known, chunks


def current(maps: Maps, project: Project) -> Prepared:
    """Return the kept map of a project, else that of its newest tree, else an empty one."""
    if (found := kept(maps, project.id)) is not None:
        return found
    with maps.db.read() as tx:
        newest, now = trees.latest(tx, project), tx.now()
    if newest.manifest_hash is not None:
        return maps.of_tree(project.owner_user_id, newest.manifest_hash, now)
    return Prepared(Graph())


def draw(maps: Maps, caller: Caller, project_id: str, type: DiagramType, concept_id: str | None) -> Diagram:
    """Draw a part of a project's map and keep the diagram; what is not there gives an empty one.

    Raises UnknownProject.
    """
    with maps.db.read() as tx:
        project = projects.get_project(tx, caller, project_id)
    drawing = current(maps, project).pencil.draw(type, concept_id)
    with maps.db.write() as tx:
        made = Diagram(ids.ulid(), project.id, concept_id, type, drawing, tx.now())
        store.insert_diagram(tx, made)
    return made


def list_diagrams(tx: Tx, caller: Caller, project_id: str, concept_id: str | None) -> list[Diagram]:
    """Return all diagrams of a concept, else the newest 20 of the project. Raises UnknownProject."""
    project = projects.get_project(tx, caller, project_id)
    limit = MAX_LISTED_DIAGRAMS if concept_id is None else None
    return store.diagrams(tx, project.id, concept_id=concept_id, limit=limit)


def prune_diagrams(tx: Tx) -> None:
    """Keep the newest 50 diagrams of each project. For the retention job."""
    store.prune_diagrams(tx, KEPT_DIAGRAMS)
