"""SQL of going back in a conversation, and of branching from one."""

import sqlalchemy as sa

from asterism.base import ids
from asterism.features.talk.conversations.models import ACTIVE
from asterism.features.talk.conversations.tables import (
    conversation_messages,
    conversation_parts,
    conversation_timeline,
)
from asterism.kernel.db import Tx

_m, _p, _t = conversation_messages.c, conversation_parts.c, conversation_timeline.c


def count_from(tx: Tx, conversation_id: str, position: int) -> int:
    """Return how many messages that are shown stand at a position or after it."""
    query = sa.select(sa.func.count()).where(_m.conversation_id == conversation_id, _m.position >= position)
    return int(tx.scalar(query.where(_m.hidden_by.is_(None))))


def hide_from(tx: Tx, conversation_id: str, position: int, rewind_id: str) -> int:
    """Hide the messages at a position and after it, and what they changed; return how many were shown."""
    later = (_m.conversation_id == conversation_id, _m.position >= position, _m.hidden_by.is_(None))
    turns = sa.select(_m.id).where(*later).scalar_subquery()
    tx.execute(
        sa.update(conversation_timeline)
        .where(_t.conversation_id == conversation_id, _t.message_id.in_(turns), _t.hidden_by.is_(None))
        .values(hidden_by=rewind_id)
    )
    return tx.execute(sa.update(conversation_messages).where(*later).values(hidden_by=rewind_id)).rowcount


def hide_parts(tx: Tx, message_id: str, position: int, rewind_id: str) -> None:
    """Hide the parts of a turn at a position and after it."""
    later = (_p.message_id == message_id, _p.position >= position, _p.hidden_by.is_(None))
    tx.execute(sa.update(conversation_parts).where(*later).values(hidden_by=rewind_id))


def hide_items(tx: Tx, message_id: str, rewind_id: str) -> None:
    """Hide what the timeline says of a turn."""
    mine = (_t.message_id == message_id, _t.hidden_by.is_(None))
    tx.execute(sa.update(conversation_timeline).where(*mine).values(hidden_by=rewind_id))


def remove_item(tx: Tx, conversation_id: str, item_id: str) -> None:
    """Remove an item of the timeline."""
    mine = (_t.conversation_id == conversation_id, _t.id == item_id)
    tx.execute(sa.delete(conversation_timeline).where(*mine))


def is_hidden(tx: Tx, message_id: str) -> bool:
    """Say whether a rewind has hidden a message."""
    return tx.one(sa.select(_m.id).where(_m.id == message_id, _m.hidden_by.is_not(None))) is not None


def show_again(tx: Tx, conversation_id: str, rewind_id: str) -> None:
    """Show what a rewind has hidden."""
    for table in (conversation_messages, conversation_timeline):
        mine = (table.c.conversation_id == conversation_id, table.c.hidden_by == rewind_id)
        tx.execute(sa.update(table).where(*mine).values(hidden_by=None))
    turns = sa.select(_m.id).where(_m.conversation_id == conversation_id).scalar_subquery()
    parts = (_p.message_id.in_(turns), _p.hidden_by == rewind_id)
    tx.execute(sa.update(conversation_parts).where(*parts).values(hidden_by=None))


def copy_before(tx: Tx, source_id: str, target_id: str, position: int) -> int:
    """Copy the ended messages before a position, with what the agent told in them; return the next free position."""
    rows = tx.all(
        sa.select(conversation_messages)
        .where(
            _m.conversation_id == source_id,
            _m.position < position,
            _m.hidden_by.is_(None),
            _m.status.not_in(ACTIVE),
        )
        .order_by(_m.position)
    )
    for row in rows:
        new = ids.ulid()
        fresh = {"id": new, "conversation_id": target_id, "log_start": 0, "parked": False, "collecting": False}
        tx.execute(sa.insert(conversation_messages).values({**row, **fresh}))
        told = sa.select(sa.literal(new), _p.position, _p.data).where(
            _p.message_id == row["id"], _p.hidden_by.is_(None)
        )
        tx.execute(sa.insert(conversation_parts).from_select(["message_id", "position", "data"], told))
    return max((row["position"] for row in rows), default=0) + 1
