"""SQL of chunks and of the full-text index."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from asterism.base.ids import ulid
from asterism.features.talk.retrieval.chunks import Chunk
from asterism.features.talk.retrieval.models import Scope, Source, StoredChunk
from asterism.features.talk.retrieval.tables import search_chunks
from asterism.features.talk.retrieval.words import folded_of, pairs_of
from asterism.kernel.db import Prepared, Tx, listed, one_of
from asterism.kernel.db.database import Dialect

_c = search_chunks.c
_COLUMNS = [_c[name] for name in StoredChunk.__slots__]
# The same expression as in the migration's index, or PostgreSQL would not use it.
_VECTOR = (
    "(setweight(to_tsvector('english', heading) || to_tsvector('simple', heading), 'A') || "
    "setweight(to_tsvector('english', text) || to_tsvector('simple', text) || to_tsvector('simple', cjk), 'B'))"
)


def insert(tx: Tx, source: Source, chunks: Sequence[Chunk], updated_at: str) -> None:
    """Add the chunks of a source."""
    rows = [
        {
            "id": ulid(),
            "kind": source.kind,
            "source_id": source.id,
            "owner_user_id": source.owner_user_id,
            "project_id": source.project_id,
            "workspace_id": source.workspace_id,
            "chat_id": source.chat_id,
            "heading": chunk.heading,
            "ordinal": chunk.ordinal,
            "text": chunk.text,
            "cjk": " ".join(extra_words(f"{chunk.heading} {chunk.text}")),
            "tokens": chunk.tokens,
            "hash": hashlib.sha256(chunk.text.encode()).hexdigest(),
            "updated_at": updated_at,
        }
        for chunk in chunks
    ]
    if rows:
        tx.execute(sa.insert(search_chunks), rows)


def extra_words(text: str) -> list[str]:
    """Return what is indexed besides the words as they stand."""
    return pairs_of(text) + folded_of(text)


def delete_source(tx: Tx, source_id: str) -> None:
    """Remove the chunks of a source."""
    tx.execute(sa.delete(search_chunks).where(_c.source_id == source_id))


def move_chat(tx: Tx, chat_id: str, workspace_id: str | None) -> None:
    """Move the chunks of a chat's messages to another workspace."""
    tx.execute(sa.update(search_chunks).where(_c.chat_id == chat_id).values(workspace_id=workspace_id))


def of_source(tx: Tx, owner_user_id: str, source_id: str) -> list[StoredChunk]:
    """Return the chunks of a source in document order."""
    query = sa.select(*_COLUMNS).where(_c.source_id == source_id, _c.owner_user_id == owner_user_id)
    return [StoredChunk(**row) for row in tx.all(query.order_by(_c.ordinal))]


def matching(tx: Tx, scope: Scope, words: Sequence[str], pairs: Sequence[str], limit: int) -> list[StoredChunk]:
    """Return chunks that hold any of the words, best first."""
    if not (scope.messages or scope.memory) or not (words or pairs):
        return []
    query = _matching(tx.dialect, scope.messages, scope.memory, narrowed=scope.sources is not None)
    rows = query.rows(
        tx,
        user=scope.owner_user_id,
        project=scope.project_id,
        sources=listed(tuple(scope.sources or ())),
        without=listed(tuple(scope.without)),
        terms=(_sqlite_terms(scope.project_id, words, pairs) if tx.dialect == "sqlite" else _terms(words, pairs)),
        limit=limit,
    )
    return [StoredChunk(*row) for row in rows]


@lru_cache(512)
def _matching(dialect: Dialect, messages: str | None, memory: str | None, *, narrowed: bool) -> Prepared:
    """Return the query, built once for each place that is searched."""
    places = [_place(kind, where) for kind, where in (("message", messages), ("memory", memory)) if where]
    query = sa.select(*_COLUMNS).where(
        _c.owner_user_id == sa.bindparam("user"), _c.project_id == sa.bindparam("project"), sa.or_(*places)
    )
    query = query.where(_c.source_id.op("NOT IN")(one_of(sa.bindparam("without"))))
    if narrowed:
        query = query.where(_c.source_id.op("IN")(one_of(sa.bindparam("sources"))))
    rank = _sqlite(query) if dialect == "sqlite" else _postgresql(query)
    return Prepared(rank.limit(sa.bindparam("limit", type_=sa.Integer)))


def _place(kind: str, where: str) -> sa.ColumnElement[bool]:
    of_kind = _c.kind == kind
    if where == "*":
        return of_kind
    if where == "workspaces":
        return of_kind & _c.workspace_id.is_not(None)
    if where == "project":
        return of_kind & _c.workspace_id.is_(None)
    return of_kind & (_c.workspace_id == where)


def _sqlite(query: sa.Select[Any]) -> sa.Select[Any]:
    fts = sa.table("search_fts", sa.column("rowid"))
    joined = query.join_from(search_chunks, fts, fts.c.rowid == _c.n).where(sa.text("search_fts MATCH :terms"))
    return joined.order_by(sa.text("bm25(search_fts, 2.0, 1.0, 1.0, 0.0)"), _c.updated_at.desc(), _c.id)


def _sqlite_terms(project_id: str, words: Sequence[str], pairs: Sequence[str]) -> str:
    terms = [f'"{word}"' for word in words] + [f'"{pair}"{"*" if len(pair) == 1 else ""}' for pair in pairs]
    return f'project_id : "{project_id}" AND {{heading text cjk}} : ({" OR ".join(terms)})'


def _postgresql(query: sa.Select[Any]) -> sa.Select[Any]:
    wanted = "(to_tsquery('english', :terms) || to_tsquery('simple', :terms))"
    rank = sa.text(f"ts_rank({_VECTOR}, {wanted}) DESC")
    return query.where(sa.text(f"{_VECTOR} @@ {wanted}")).order_by(rank, _c.updated_at.desc(), _c.id)


def _terms(words: Sequence[str], pairs: Sequence[str]) -> str:
    return " | ".join([f"'{word}'" for word in words] + [f"'{pair}'{':*' if len(pair) == 1 else ''}" for pair in pairs])
