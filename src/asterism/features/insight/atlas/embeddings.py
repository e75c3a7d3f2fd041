"""Searching by meaning: vectors of chunks, made by the embeddings route of a provider (Fastest 11.3, 11.4)."""

import asyncio
from array import array
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from asterism.base.errors import DomainError
from asterism.features.insight.atlas.models import Chunk, Concept, Found
from asterism.kernel.db import Database, Tx
from asterism.kernel.llm import Embeddings, Target, Vector

log = structlog.get_logger("asterism.atlas")

AT_ONCE = 64
MAX_CHARACTERS = 4_000
NEAR = 0.2
SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Embedder:
    """Makes vectors with the model that the server names. `choose` says how a user reaches it, None: not at all."""

    embeddings: Embeddings
    choose: Callable[[Tx, str], Target | None]

    async def find(self, db: Database, user_id: str) -> Target | None:
        """Return the model that a user's texts can be embedded with; None, too, where settings cannot be used."""
        try:
            return await db.run_read(self.choose, user_id)
        except DomainError as error:
            log.warning("no embedding model can be asked", reason=error.message)
            return None

    async def vectors(self, target: Target, texts: Sequence[str]) -> list[Vector] | None:
        """Return the vectors of texts, None when the model fails, answers nonsense or takes too long."""
        try:
            async with asyncio.timeout(SECONDS):
                found: list[Vector] = []
                for start in range(0, len(texts), AT_ONCE):
                    found += await self.embeddings.embed(target, texts[start : start + AT_ONCE])
        except (TimeoutError, DomainError) as error:
            log.warning("texts were not embedded", model=name_of(target), reason=str(error))
            return None
        return found if len({len(vector) for vector in found}) <= 1 else None


def name_of(target: Target) -> str:
    """Return `provider:model`."""
    return f"{target.provider}:{target.model}"


def packed(vector: Vector) -> bytes:
    """Return a vector as 32-bit numbers in the order of this machine."""
    return array("f", vector).tobytes()


async def embedded(
    embedder: Embedder,
    target: Target,
    chunks: Sequence[Chunk],
    texts: Callable[[Sequence[Chunk]], Awaitable[Mapping[str, str]]],
) -> list[Chunk] | None:
    """Return chunks with vectors of a model; those that have one of it are not asked for again. None: it failed.

    `texts` reads what chunks say, by concept id; those it does not know stay without a vector.
    """
    wanted = [chunk for chunk in chunks if chunk.model != name_of(target)]
    said = await texts(wanted)
    asked = [chunk for chunk in wanted if said.get(chunk.concept_id, "").strip()]
    vectors = await embedder.vectors(target, [said[chunk.concept_id] for chunk in asked]) if asked else []
    if vectors is None:
        return None
    made = {
        chunk.concept_id: replace(chunk, model=name_of(target), dimension=len(vector), vector=packed(vector))
        for chunk, vector in zip(asked, vectors, strict=True)
    }
    return [made.get(chunk.concept_id, chunk) for chunk in chunks]


def near(query: Vector, model: str, chunks: Iterable[Chunk], concepts: Mapping[str, Concept]) -> list[Found]:
    """Return the concepts whose chunks are near a query, nearest first; vectors of other models are passed over."""
    ours = array("f", query)
    found: dict[str, float] = {}
    for chunk in chunks:
        if chunk.vector is None or (chunk.model, chunk.dimension) != (model, len(ours)):
            continue
        theirs = array("f", chunk.vector)
        cosine = sum(map(float.__mul__, ours, theirs))
        if cosine > NEAR and chunk.concept_id in concepts:
            found[chunk.concept_id] = max(cosine, found.get(chunk.concept_id, 0.0))
    ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return [Found(concepts[id_], cosine) for id_, cosine in ranked]
