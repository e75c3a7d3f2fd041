"""Reciprocal rank fusion (Starbot 6.5). Pure."""

from collections.abc import Sequence

from asterism.features.talk.retrieval.models import Hit, StoredChunk

CONSTANT = 60
TOP = 50


def fuse(lists: Sequence[Sequence[StoredChunk]]) -> list[Hit]:
    """Merge ranked lists, best first, into hits with scores from 0 to 1; ties: newer first, then the smaller id."""
    sums: dict[str, float] = {}
    chunks: dict[str, StoredChunk] = {}
    for ranked in lists:
        for rank, chunk in enumerate(ranked[:TOP], 1):
            sums[chunk.id] = sums.get(chunk.id, 0.0) + 1 / (CONSTANT + rank)
            chunks[chunk.id] = chunk
    best = max(1, len(lists)) / (CONSTANT + 1)
    hits = [Hit(chunks[id_], round(total / best, 6)) for id_, total in sums.items()]
    hits.sort(key=lambda hit: hit.chunk.id)
    hits.sort(key=lambda hit: hit.chunk.updated_at, reverse=True)
    hits.sort(key=lambda hit: hit.score, reverse=True)
    return hits
