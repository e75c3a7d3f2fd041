"""Finding recorded text again: chunks of memory documents and messages, a lexical index, ranking (Starbot 6.5).

Everything is indexed in the transaction that stores it, so a search never returns deleted text and always finds new
text. It works without any model or network.
"""

from asterism.features.talk.retrieval.chunks import Chunk, chunks_of
from asterism.features.talk.retrieval.models import Hit, Scope, Source, StoredChunk
from asterism.features.talk.retrieval.rank_fusion import TOP, fuse
from asterism.features.talk.retrieval.service import chunks_of_source, forget, index, move_chat, search

__all__ = [
    "TOP",
    "Chunk",
    "Hit",
    "Scope",
    "Source",
    "StoredChunk",
    "chunks_of",
    "chunks_of_source",
    "forget",
    "fuse",
    "index",
    "move_chat",
    "search",
]
