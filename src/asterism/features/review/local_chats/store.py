"""SQL of sessions and messages."""

from collections.abc import Sequence

import sqlalchemy as sa

from asterism.features.review.local_chats.models import Message, Session
from asterism.features.review.local_chats.tables import local_messages, local_sessions
from asterism.kernel.db import RowDict, Tx

_NEWEST_FIRST = (
    local_sessions.c.updated_at.desc(),
    local_sessions.c.created_at.desc(),
    local_sessions.c.number.desc(),
)


def sessions(tx: Tx, project_path: str | None, *, limit: int, offset: int = 0) -> list[Session]:
    """Return sessions, the last changed first; with a path only those of exactly that path."""
    query = sa.select(local_sessions).order_by(*_NEWEST_FIRST).limit(limit).offset(offset)
    if project_path is not None:
        query = query.where(local_sessions.c.project_path == project_path)
    return [_session(row) for row in tx.all(query)]


def session(tx: Tx, session_id: str) -> Session | None:
    """Return one session."""
    row = tx.one(sa.select(local_sessions).where(local_sessions.c.id == session_id))
    return None if row is None else _session(row)


def messages(tx: Tx, session_id: str) -> list[Message]:
    """Return a session's messages in the order they were added."""
    query = sa.select(local_messages).where(local_messages.c.session_id == session_id).order_by(local_messages.c.number)
    return _messages(tx.all(query))


def add_session(tx: Tx, made: Session) -> None:
    """Add a session."""
    row = {
        "id": made.id,
        "project_path": made.project_path,
        "title": made.title,
        "created_at": made.created_at,
        "updated_at": made.updated_at,
        "message_count": made.message_count,
    }
    tx.execute(sa.insert(local_sessions), row)


def count_message(tx: Tx, session_id: str, *, title: str | None, now: str) -> bool:
    """Note one more message, and `title` where the session has none; return whether the session exists.

    Comes before the insert of the message: it locks the session's row.
    """
    table = local_sessions.c
    changed = tx.execute(
        sa.update(local_sessions)
        .where(table.id == session_id)
        .values(message_count=table.message_count + 1, updated_at=now, title=sa.func.coalesce(table.title, title))
    )
    return changed.rowcount == 1


def add_message(tx: Tx, session_id: str, message: Message) -> None:
    """Add a message to a session that exists."""
    row = {
        "id": message.id,
        "session_id": session_id,
        "role": message.role,
        "content": message.content,
        "created_at": message.created_at,
    }
    tx.execute(sa.insert(local_messages), row)


def delete_session(tx: Tx, session_id: str) -> bool:
    """Delete a session with its messages; return whether it existed."""
    return tx.execute(sa.delete(local_sessions).where(local_sessions.c.id == session_id)).rowcount == 1


def _session(row: RowDict) -> Session:
    return Session(
        row["id"], row["project_path"], row["title"], row["created_at"], row["updated_at"], row["message_count"]
    )


def _messages(rows: Sequence[RowDict]) -> list[Message]:
    return [Message(row["id"], row["role"], row["content"], row["created_at"]) for row in rows]
