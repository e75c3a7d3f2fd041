"""Use cases of retrieval: keeping the index, and searching it."""

from collections.abc import Sequence

from asterism.features.talk.retrieval import store
from asterism.features.talk.retrieval.chunks import chunks_of
from asterism.features.talk.retrieval.models import Hit, Scope, Source, StoredChunk
from asterism.features.talk.retrieval.rank_fusion import TOP, fuse
from asterism.features.talk.retrieval.words import words_of
from asterism.kernel.db import Tx


def index(tx: Tx, source: Source, text: str, *, heading: str = "", updated_at: str) -> None:
    """Make the index hold exactly this text for the source, in the caller's transaction."""
    store.delete_source(tx, source.id)
    store.insert(tx, source, chunks_of(text, heading=heading), updated_at)


def forget(tx: Tx, source_id: str) -> None:
    """Remove a source from the index."""
    store.delete_source(tx, source_id)


def move_chat(tx: Tx, chat_id: str, workspace_id: str | None) -> None:
    """Note that a chat belongs to another workspace now."""
    store.move_chat(tx, chat_id, workspace_id)


def chunks_of_source(tx: Tx, owner_user_id: str, source_id: str) -> Sequence[StoredChunk]:
    """Return the chunks of a source in document order."""
    return store.of_source(tx, owner_user_id, source_id)


def search(tx: Tx, scope: Scope, query: str, *, limit: int = TOP) -> list[Hit]:
    """Return what matches any word of the query, best first, at most `limit` (50). The query is plain text."""
    words, pairs = words_of(query)
    return fuse([store.matching(tx, scope, words, pairs, min(limit, TOP))])
