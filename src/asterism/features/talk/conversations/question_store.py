"""SQL of questions and of the timeline."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from asterism.features.talk.conversations.models import Question, TimelineItem
from asterism.features.talk.conversations.tables import (
    conversation_questions,
    conversation_timeline,
    conversations,
)
from asterism.features.versions.workcopies import FileChange
from asterism.kernel.agents import Inquiry
from asterism.kernel.db import JsonColumns, RowDict, Tx

_q, _t = conversation_questions.c, conversation_timeline.c
_JSON = JsonColumns(
    {
        "inquiries": tuple[Inquiry, ...],
        "answers": tuple[tuple[str, ...], ...],
        "files": tuple[FileChange, ...],
    }
)


def insert_question(tx: Tx, question: Question) -> None:
    """Add a question."""
    values = _JSON.row_of(question)
    tx.execute(sa.insert(conversation_questions).values(values))


def question(tx: Tx, conversation_id: str, question_id: str) -> Question | None:
    """Return a question of a conversation."""
    query = sa.select(conversation_questions).where(_q.id == question_id, _q.conversation_id == conversation_id)
    row = tx.one(query)
    return _question(row) if row else None


def questions(
    tx: Tx, conversation_id: str, *, message_id: str | None = None, only_open: bool = False
) -> list[Question]:
    """Return questions of a conversation in the order they were asked."""
    query = sa.select(conversation_questions).where(_q.conversation_id == conversation_id)
    if message_id is not None:
        query = query.where(_q.message_id == message_id)
    if only_open:
        query = query.where(_q.status == "pending")
    return [_question(row) for row in tx.all(query.order_by(_q.asked_at, _q.id))]


def update_question(tx: Tx, question_id: str, values: Mapping[str, Any]) -> None:
    """Set columns of a question."""
    encoded = _JSON.encode(values)
    tx.execute(sa.update(conversation_questions).where(_q.id == question_id).values(encoded))


def insert_item(tx: Tx, item: TimelineItem) -> None:
    """Add an item to the timeline."""
    values = _JSON.row_of(item)
    tx.execute(sa.insert(conversation_timeline).values(values))


def put_summary(tx: Tx, item_id: str, summary: str) -> bool:
    """Say what an item is about, unless that was said; return whether this did it."""
    query = sa.update(conversation_timeline).where(_t.id == item_id, _t.summary_status != "completed")
    return tx.execute(query.values(summary=summary, summary_status="completed")).rowcount == 1


def without_summary(tx: Tx, before: str) -> list[TimelineItem]:
    """Return the items of everybody from before a moment that have no summary yet."""
    query = sa.select(conversation_timeline).where(_t.summary_status != "completed", _t.timestamp <= before)
    return [TimelineItem(**_JSON.decode(row, TimelineItem.__slots__)) for row in tx.all(query.order_by(_t.timestamp))]


def timeline(tx: Tx, conversation_id: str, limit: int) -> list[TimelineItem]:
    """Return the newest items of a timeline, oldest first."""
    query = sa.select(conversation_timeline).where(_t.conversation_id == conversation_id, _t.hidden_by.is_(None))
    rows: Sequence[RowDict] = tx.all(query.order_by(_t.timestamp.desc(), _t.id.desc()).limit(limit))
    return [TimelineItem(**_JSON.decode(row, TimelineItem.__slots__)) for row in reversed(rows)]


def timeline_manifests(tx: Tx, user_id: str) -> set[str]:
    """Return the manifests that timelines of the user name."""
    query = sa.select(_t.manifest_hash, _t.previous_manifest_hash).join(
        conversations, conversations.c.id == _t.conversation_id
    )
    rows = tx.execute(query.where(conversations.c.owner_user_id == user_id).distinct())
    return {one for row in rows for one in row if one is not None}


def _question(row: RowDict) -> Question:
    return Question(**_JSON.decode(row, Question.__slots__))
