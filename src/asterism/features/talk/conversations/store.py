"""SQL of conversations and their messages."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from asterism.features.talk.conversations.models import (
    ACTIVE,
    PREVIEW,
    Conversation,
    ConversationView,
    Message,
    Parts,
    State,
    Status,
    TurnUsage,
)
from asterism.features.talk.conversations.tables import (
    IS_ACTIVE,
    RUNNING_SQL,
    conversation_messages,
    conversation_parts,
    conversation_questions,
    conversations,
)
from asterism.kernel.db import JsonColumns, RowDict, Tx

# A conversation is there as long as its workspace and its project are.
_workspaces = sa.table("workspaces", sa.column("id"), sa.column("name"), sa.column("deleted_at"))
_projects = sa.table("projects", sa.column("id"), sa.column("name"), sa.column("deleted_at"))
_c, _m = conversations.c, conversation_messages.c
_SHOWN = _m.hidden_by.is_(None)  # what a rewind has hidden is there, but nobody is told of it
_JSON = JsonColumns(
    {
        "files_changed": tuple[str, ...],
        "infos": tuple[dict[str, Any], ...],
        "grants": tuple[str, ...],
        "usage": TurnUsage,
    }
)


def insert(tx: Tx, conversation: Conversation) -> None:
    """Add a conversation."""
    values = {name: getattr(conversation, name) for name in conversation.__slots__}
    tx.execute(sa.insert(conversations).values(values))


def of_user(tx: Tx, user_id: str, conversation_id: str, *, lock: bool = False) -> Conversation | None:
    """Return a conversation of the user in a live workspace and project; `lock` holds its row."""
    query = _live(sa.select(conversations)).where(_c.id == conversation_id, _c.owner_user_id == user_id)
    row = tx.one(query.with_for_update(of=conversations) if lock else query)
    return Conversation(**row) if row else None


def locked(tx: Tx, conversation_id: str) -> Conversation | None:
    """Return a conversation, whoever owns it and wherever it is, holding its row."""
    row = tx.one(sa.select(conversations).where(_c.id == conversation_id).with_for_update())
    return Conversation(**row) if row else None


def find(tx: Tx, conversation_id: str) -> Conversation | None:
    """Return a conversation, whoever owns it and wherever it is."""
    row = tx.one(sa.select(conversations).where(_c.id == conversation_id))
    return Conversation(**row) if row else None


def count_in(tx: Tx, workspace_id: str) -> int:
    """Return how many conversations a workspace has."""
    return int(tx.scalar(sa.select(sa.func.count()).where(_c.workspace_id == workspace_id)))


def views(
    tx: Tx,
    user_id: str,
    *,
    limit: int = 1,
    offset: int = 0,
    workspace_id: str | None = None,
    conversation_id: str | None = None,
) -> list[ConversationView]:
    """Return conversations of the user with what lists show of them, the one that changed last first."""
    query = _live(
        sa.select(
            conversations,
            _workspaces.c.name.label("workspace_name"),
            _projects.c.name.label("project_name"),
            _counted().label("message_count"),
            _newest().label("last_message_preview"),
            _counted(_m.status == "pending").label("queue_length"),
            _counted(_m.status == "running").label("running"),
            _asking().label("asking"),
        )
    ).where(_c.owner_user_id == user_id)
    if workspace_id is not None:
        query = query.where(_c.workspace_id == workspace_id)
    if conversation_id is not None:
        query = query.where(_c.id == conversation_id)
    rows = tx.all(query.order_by(_c.updated_at.desc(), _c.id.desc()).limit(limit).offset(offset))
    return [_view(row) for row in rows]


def _live(query: "sa.Select[Any]") -> "sa.Select[Any]":
    return (
        query.select_from(conversations)
        .join(_workspaces, _workspaces.c.id == _c.workspace_id)
        .join(_projects, _projects.c.id == _c.project_id)
        .where(_workspaces.c.deleted_at.is_(None), _projects.c.deleted_at.is_(None))
    )


def _counted(*conditions: Any) -> Any:
    return sa.select(sa.func.count()).where(_m.conversation_id == _c.id, _SHOWN, *conditions).scalar_subquery()


def _newest() -> Any:
    preview = sa.select(sa.func.substr(_m.content, 1, PREVIEW)).where(
        _m.conversation_id == _c.id, _SHOWN, _m.content != ""
    )
    return preview.order_by(_m.position.desc()).limit(1).scalar_subquery()


def _asking() -> Any:
    q = conversation_questions.c
    return sa.select(sa.func.count()).where(q.conversation_id == _c.id, q.status == "pending").scalar_subquery()


def _view(row: RowDict) -> ConversationView:
    state: State = "waiting" if row["asking"] else "running" if row["running"] else "idle"
    return ConversationView(
        Conversation(**{name: row[name] for name in Conversation.__slots__}),
        row["workspace_name"],
        row["project_name"],
        row["message_count"],
        row["last_message_preview"],
        state,
        row["queue_length"],
    )


def titles_of(tx: Tx, conversation_ids: Sequence[str]) -> dict[str, str]:
    """Return the titles of those conversations that are there and have one."""
    query = sa.select(_c.id, _c.title).where(_c.id.in_(conversation_ids), _c.title.is_not(None))
    return {row["id"]: row["title"] for row in tx.all(query)}


def update(tx: Tx, conversation_id: str, values: Mapping[str, Any]) -> None:
    """Set columns of a conversation."""
    tx.execute(sa.update(conversations).where(_c.id == conversation_id).values(values))


def delete(tx: Tx, conversation_id: str) -> None:
    """Remove a conversation with everything in it."""
    tx.execute(sa.delete(conversations).where(_c.id == conversation_id))


def insert_message(tx: Tx, message: Message) -> None:
    """Add a message."""
    values = _JSON.row_of(message)
    tx.execute(sa.insert(conversation_messages).values(values))


def message(tx: Tx, message_id: str, conversation_id: str | None = None) -> Message | None:
    """Return a message, if named of that very conversation."""
    query = sa.select(conversation_messages).where(_m.id == message_id)
    if conversation_id is not None:
        query = query.where(_m.conversation_id == conversation_id)
    row = tx.one(query)
    return _message(row) if row else None


def message_at(tx: Tx, conversation_id: str, position: int) -> Message | None:
    """Return the message at a position of a conversation."""
    query = sa.select(conversation_messages).where(_m.conversation_id == conversation_id, _m.position == position)
    row = tx.one(query)
    return _message(row) if row else None


def update_message(tx: Tx, message_id: str, values: Mapping[str, Any], *, only_in: Sequence[Status] = ()) -> bool:
    """Set columns of a message, if named of one in certain states; return whether there was one."""
    encoded = _JSON.encode(values)
    found = sa.update(conversation_messages).where(_m.id == message_id)
    if only_in:
        found = found.where(_m.status.in_(only_in))
    return tx.execute(found.values(encoded)).rowcount == 1


def newest(
    tx: Tx,
    conversation_id: str,
    *,
    limit: int,
    before_position: int | None = None,
    before_time: str | None = None,
    ended: bool = False,
) -> list[Message]:
    """Return the newest messages, oldest first; with `ended` only turns that have ended."""
    query = sa.select(conversation_messages).where(_m.conversation_id == conversation_id, _SHOWN)
    if before_position is not None:
        query = query.where(_m.position < before_position)
    if before_time is not None:
        query = query.where(_m.created_at < before_time)
    if ended:
        query = query.where(_m.role == "assistant", _m.status.not_in(ACTIVE))
    rows = tx.all(query.order_by(_m.position.desc()).limit(limit))
    return [_message(row) for row in reversed(rows)]


def active(tx: Tx, conversation_id: str) -> list[Message]:
    """Return the turns of a conversation that have not ended, or whose files are not taken over yet, in order."""
    query = sa.select(conversation_messages).where(
        _m.conversation_id == conversation_id, _m.role == "assistant", IS_ACTIVE
    )
    return [_message(row) for row in tx.all(query.order_by(_m.position))]


def count_completed(tx: Tx, conversation_id: str) -> int:
    """Return how many turns of a conversation were completed, as far as a rewind has not hidden them."""
    mine = (_m.conversation_id == conversation_id, _m.role == "assistant", _m.status == "completed", _SHOWN)
    return int(tx.scalar(sa.select(sa.func.count()).where(*mine)))


def startable(tx: Tx, limit: int) -> list[tuple[str, str]]:
    """Return conversation and id of turns that may be performed now, oldest first.

    Those that wait behind nothing in their conversation, and parked ones whose questions are all closed.
    """
    other, q = conversation_messages.alias(), conversation_questions.c
    busy = sa.exists().where(
        other.c.conversation_id == _m.conversation_id,
        sa.or_(sa.and_(other.c.role == "assistant", other.c.status == "running"), other.c.collecting),
    )
    asking = sa.exists().where(q.message_id == _m.id, q.status == "pending")
    ready = sa.or_(sa.and_(_m.status == "pending", ~busy), sa.and_(_m.status == "running", _m.parked, ~asking))
    query = sa.select(_m.conversation_id, _m.id).where(_m.role == "assistant", IS_ACTIVE, ready)
    rows = tx.all(query.order_by(_m.created_at, _m.position).limit(limit))
    return [(row["conversation_id"], row["id"]) for row in rows]


def unfinished(tx: Tx) -> list[Message]:
    """Return the turns of everybody that have not ended, or whose files are not taken over yet."""
    query = sa.select(conversation_messages).where(_m.role == "assistant", IS_ACTIVE)
    return [_message(row) for row in tx.all(query.order_by(_m.created_at))]


def orphans(tx: Tx) -> list[Message]:
    """Return the turns of everybody that have not ended although their workspace or project was deleted, in order."""
    query = (
        sa.select(conversation_messages)
        .join(conversations, _c.id == _m.conversation_id)
        .join(_workspaces, _workspaces.c.id == _c.workspace_id)
        .join(_projects, _projects.c.id == _c.project_id)
        .where(_m.role == "assistant", _m.status.in_(ACTIVE), IS_ACTIVE)
        .where(sa.or_(_workspaces.c.deleted_at.is_not(None), _projects.c.deleted_at.is_not(None)))
    )
    return [_message(row) for row in tx.all(query.order_by(_m.created_at, _m.position))]


def runs_in(tx: Tx, workspace_id: str) -> bool:
    """Whether a turn runs in a workspace; one that waits for an answer does."""
    return tx.one(sa.select(_m.id).where(RUNNING_SQL, _m.workspace_id == workspace_id).limit(1)) is not None


def remove_messages(tx: Tx, conversation_id: str, before_position: int) -> None:
    """Remove the messages before a position, with their parts and questions."""
    tx.execute(
        sa.delete(conversation_messages).where(_m.conversation_id == conversation_id, _m.position < before_position)
    )


def quiet(tx: Tx) -> list[str]:
    """Return the ids of the conversations of everybody in which nothing runs or waits."""
    busy = sa.exists().where(_m.conversation_id == _c.id, IS_ACTIVE)
    return [row["id"] for row in tx.all(sa.select(_c.id).where(~busy))]


def prompt_of(tx: Tx, turn: Message) -> str:
    """Return the prompt that a turn answers."""
    query = sa.select(_m.content).where(_m.conversation_id == turn.conversation_id, _m.position == turn.position - 1)
    return str(tx.scalar(query))


def history(tx: Tx, turn: Message, limit: int) -> list[Message]:
    """Return the newest messages before a turn's prompt that have ended, oldest first."""
    return [
        one
        for one in newest(tx, turn.conversation_id, limit=limit, before_position=turn.position - 1)
        if not one.active
    ]


def put_parts(tx: Tx, message_id: str, parts: Parts) -> None:
    """Store the parts of a turn in place of those that were there."""
    tx.execute(sa.delete(conversation_parts).where(conversation_parts.c.message_id == message_id))
    rows = [
        {"message_id": message_id, "position": position, "data": msgspec.json.encode(part).decode()}
        for position, part in enumerate(parts.parts)
    ]
    if rows:
        tx.execute(sa.insert(conversation_parts), rows)
    update_message(tx, message_id, {"infos": parts.infos})


def parts_of(tx: Tx, message: Message) -> Parts:
    """Return the stored parts of a turn."""
    p = conversation_parts.c
    query = sa.select(p.data).where(p.message_id == message.id, p.hidden_by.is_(None))
    rows = tx.execute(query.order_by(p.position)).all()
    return Parts(message.infos, tuple(msgspec.json.decode(data) for (data,) in rows))


def parts_of_conversation(tx: Tx, conversation_id: str) -> dict[str, Parts]:
    """Return the stored parts of all turns of a conversation, by message, in order."""
    chosen = sa.select(_m.id, _m.infos).where(_m.conversation_id == conversation_id, _m.role == "assistant", _SHOWN)
    infos = {
        row["id"]: msgspec.json.decode(row["infos"], type=tuple[dict[str, Any], ...])
        for row in tx.all(chosen.order_by(_m.position))
    }
    p = conversation_parts.c
    query = sa.select(p.message_id, p.data).join(conversation_messages, _m.id == p.message_id)
    found: dict[str, list[dict[str, Any]]] = {}
    shown = query.where(_m.conversation_id == conversation_id, _SHOWN, p.hidden_by.is_(None))
    for row in tx.all(shown.order_by(_m.position, p.position)):
        found.setdefault(row["message_id"], []).append(msgspec.json.decode(row["data"]))
    return {id_: Parts(told, tuple(found.get(id_, ()))) for id_, told in infos.items()}


def manifest_hashes(tx: Tx, user_id: str) -> set[str]:
    """Return the manifests that turns of the user began with and ended on."""
    mine = sa.select(_m.tree, _m.manifest_hash).join(conversations, _c.id == _m.conversation_id)
    rows = tx.execute(mine.where(_c.owner_user_id == user_id).distinct())
    return {one for row in rows for one in row if one is not None}


def _message(row: RowDict) -> Message:
    return Message(**_JSON.decode(row, Message.__slots__))
