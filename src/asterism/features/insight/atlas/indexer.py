"""Making the map of a project's newest tree and keeping it (Fastest 11.3)."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from asterism.base import ids
from asterism.features.accounts.identity import Caller
from asterism.features.insight import decisions
from asterism.features.insight.atlas import capabilities, decision_links, store, trees
from asterism.features.insight.atlas.embeddings import MAX_CHARACTERS, Embedder, embedded
from asterism.features.insight.atlas.graph import MappedTree, counted, in_order
from asterism.features.insight.atlas.kept_map import kept, replace
from asterism.features.insight.atlas.maps import Maps, Prepared
from asterism.features.insight.atlas.models import MAX_CODE, Chunk, Counts, Graph, Source
from asterism.features.insight.decisions import Decision
from asterism.features.versions import project_log, projects, storage
from asterism.features.versions.project_log import IndexDone
from asterism.features.versions.projects import Project
from asterism.features.versions.storage import BlobGone, UnknownBlob
from asterism.features.versions.sync import Advisor
from asterism.kernel.db import Tx
from asterism.vcs.content import hash_bytes

NO_TREE = "The project has no files yet; push a snapshot first."


class Indexer:
    """Makes indexes, one at a time for each project."""

    def __init__(self, maps: Maps, advisor: Advisor, embedder: Embedder) -> None:
        self._maps, self._advisor, self._embedder = maps, advisor, embedder
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def index(self, caller: Caller, project_id: str, *, embed: bool, max_files: int) -> Counts:
        """Replace the map of a project by one of its newest tree; a failure leaves the old one.

        Who comes while another makes the index waits, and takes that one if the tree is the same. `max_files` bounds
        the files that become chunks. Raises UnknownProject.
        """
        db = self._maps.db
        project = await db.run_read(projects.get_project, caller, project_id)
        async with self._turn(project.id) as waited:
            source = await db.run_read(trees.latest, project)
            if source.manifest_hash is None:
                return Counts(warnings=[NO_TREE])
            known = await db.run_read(store.find_index, project.id)
            if waited and known is not None and known[0].manifest_hash == source.manifest_hash:
                return await db.run_read(_counts, project.id)
            return await self._make(project, source, embed=embed, max_files=max_files)

    @asynccontextmanager
    async def _turn(self, project_id: str) -> AsyncIterator[bool]:
        """Wait for who indexes this project; yields whether somebody did."""
        lock = self._turns.get(project_id)
        if lock is None:
            lock = self._turns[project_id] = asyncio.Lock()
        waited = lock.locked()
        async with lock:
            yield waited

    async def _make(self, project: Project, source: Source, *, embed: bool, max_files: int) -> Counts:
        db = self._maps.db
        tree = await asyncio.to_thread(self._maps.tree, project.owner_user_id, str(source.manifest_hash))
        known_map = await asyncio.to_thread(kept, self._maps, project.id)
        before = known_map.graph if known_map is not None else Graph()
        now = await db.run_read(Tx.now)
        created = {concept.id: concept.created_at for concept in before.concepts}
        plain = await asyncio.to_thread(tree.graph, now, created)
        graph, warnings = await self._with_capabilities(project, plain, before, created, now)
        known = await db.run_read(decisions.newest, project.id)
        chunks = _chunks(tree, known, max_files, await db.run_read(store.chunks_of, project.id))
        if embed:
            chunks, failed = await self._embed(project, chunks, known)
            warnings += failed
        warnings = [*graph.warnings, *_missing(tree), *warnings]
        made = Graph(graph.concepts, graph.edges, warnings)
        return await db.run(_replace, self._maps, project, source, Prepared(made), chunks)

    async def _with_capabilities(
        self, project: Project, graph: Graph, before: Graph, created: Mapping[str, str], now: str
    ) -> tuple[Graph, list[str]]:
        """Add what a model says the code can do; it is asked when there are other modules than before."""
        found = capabilities.of_graph(before)
        warnings: list[str] = []
        if not found or capabilities.module_keys(graph) != capabilities.module_keys(before):
            adviser = await self._advisor.find(self._maps.db, project.owner_user_id)
            if adviser is not None:
                answer = await self._advisor.ask(adviser, capabilities.question(graph))
                fresh = capabilities.read(answer, graph)
                if fresh is None:
                    warnings.append("The model gave no usable answer about what the code can do.")
                found = found if fresh is None else fresh
        concepts, edges = capabilities.concepts(found, created, now)
        there = {concept.id for concept in graph.concepts}
        kept = [edge for edge in edges if edge.end in there]
        return Graph(in_order([*graph.concepts, *concepts]), [*graph.edges, *kept], graph.warnings), warnings

    async def _embed(
        self, project: Project, chunks: Sequence[Chunk], known: Sequence[Decision]
    ) -> tuple[Sequence[Chunk], list[str]]:
        target = await self._embedder.find(self._maps.db, project.owner_user_id)
        if target is None:
            return chunks, ["No embedding model is configured, so nothing was embedded."]

        async def texts(wanted: Sequence[Chunk]) -> Mapping[str, str]:
            said = {decision_links.narrative_id(one.id): one.text for one in known}
            files = [chunk for chunk in wanted if chunk.kind == "code"]
            return said | await asyncio.to_thread(self._read, project.owner_user_id, files)

        made = await embedded(self._embedder, target, chunks, texts)
        if made is None:
            return chunks, ["The embedding model failed, so nothing new was embedded."]
        return made, []

    def _read(self, user_id: str, files: Sequence[Chunk]) -> dict[str, str]:
        """Return the beginnings of files by concept id; those that are not stored are passed over."""
        db, blobs = self._maps.db, self._maps.blobs
        with db.read() as tx:
            places = storage.find_places(tx, user_id, sorted({chunk.content_hash for chunk in files}))
        found: dict[str, str] = {}
        for chunk in files:
            place = places.get(chunk.content_hash)
            try:
                data = storage.read_whole(db, blobs, user_id, chunk.content_hash, place) if place else b""
            except (BlobGone, UnknownBlob):
                continue
            found[chunk.concept_id] = data.decode("utf-8", "replace")[:MAX_CHARACTERS]
        return found


def _chunks(tree: MappedTree, known: Sequence[Decision], max_files: int, before: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return the chunks of a map: the first files of text, and all decisions; with the vectors that they have."""
    old = {(chunk.concept_id, chunk.content_hash): chunk for chunk in before}
    texts = [entry for entry in tree.files[:MAX_CODE] if entry.path in tree.facts and tree.facts[entry.path].whole]
    files = [Chunk("", f"code:{entry.path}", "code", entry.hash) for entry in texts[:max_files]]
    said = [Chunk("", decision_links.narrative_id(one.id), "decision", hash_bytes(one.text.encode())) for one in known]
    return [
        old.get((chunk.concept_id, chunk.content_hash))
        or Chunk(ids.ulid(), chunk.concept_id, chunk.kind, chunk.content_hash)
        for chunk in (*files, *said)
    ]


def _missing(tree: MappedTree) -> list[str]:
    if not tree.missing:
        return []
    named = ", ".join(tree.missing[:3])
    return [f"The content of {counted(len(tree.missing), 'file')} is not stored: {named}."]


def _replace(
    tx: Tx, maps: Maps, project: Project, source: Source, prepared: Prepared, chunks: Sequence[Chunk]
) -> Counts:
    """Put the new map in the place of the old one, with its chunks and links."""
    tx.take_turns("atlas", project.id)
    replace(tx, maps, project.id, source, prepared)
    store.replace_chunks(tx, project.id, chunks)
    decision_links.relink(tx, project, prepared)
    counts = _counts_of(tx, project.id, prepared.graph, chunks)
    project_log.append(
        tx,
        project.id,
        IndexDone(counts.concepts, counts.edges),
        title=f"The map was made: {counted(counts.concepts, 'concept')}, {counted(counts.edges, 'edge')}.",
        subject=("project", project.id),
        tree=source.manifest_hash,
    )
    return counts


def _counts(tx: Tx, project_id: str) -> Counts:
    return _counts_of(tx, project_id, store.graph_of(tx, project_id), store.chunks_of(tx, project_id))


def _counts_of(tx: Tx, project_id: str, graph: Graph, chunks: Sequence[Chunk]) -> Counts:
    whole = decision_links.told(graph, decisions.newest(tx, project_id), decision_links.kept_links(tx, project_id))
    vectors = sum(chunk.vector is not None for chunk in chunks)
    return Counts(len(whole.concepts), len(whole.edges), len(chunks), vectors, graph.warnings)
