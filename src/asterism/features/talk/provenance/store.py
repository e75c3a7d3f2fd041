"""SQL of turns, as the history of files asks for them."""

from collections.abc import Sequence

import sqlalchemy as sa

from asterism.features.talk.provenance.models import PROMPT, Turn
from asterism.kernel.db import Tx

_messages = sa.table(
    "conversation_messages",
    *(sa.column(name) for name in ("id", "conversation_id", "position", "content", "workspace_id", "completed_at")),
)
_timeline = sa.table(
    "conversation_timeline",
    *(sa.column(name) for name in ("conversation_id", "message_id", "previous_manifest_hash", "manifest_hash")),
)
_m, _t = _messages.c, _timeline.c


def turns_of(tx: Tx, workspace_ids: Sequence[str], limit: int) -> list[tuple[str, str, Turn]]:
    """Return the newest turns of workspaces that left another tree: workspace, when it ended, and the turn.

    The newest come first. The timeline tells of them also what somebody went back from: it may be in a snapshot.
    """
    prompt = _messages.alias()
    p = prompt.c
    query = (
        sa.select(
            _m.workspace_id,
            _m.completed_at,
            _m.conversation_id,
            _m.id,
            _t.previous_manifest_hash,
            _t.manifest_hash,
            sa.func.substr(p.content, 1, PROMPT).label("prompt"),
        )
        .join(_timeline, sa.and_(_t.conversation_id == _m.conversation_id, _t.message_id == _m.id))
        .join(prompt, sa.and_(p.conversation_id == _m.conversation_id, p.position == _m.position - 1))
        .where(
            _m.workspace_id.in_(workspace_ids),
            sa.or_(_t.previous_manifest_hash.is_(None), _t.previous_manifest_hash != _t.manifest_hash),
            _m.completed_at.is_not(None),
        )
    )
    rows = tx.all(query.order_by(_m.completed_at.desc()).limit(limit))
    return [
        (
            row["workspace_id"],
            row["completed_at"],
            Turn(row["conversation_id"], row["id"], row["previous_manifest_hash"], row["manifest_hash"], row["prompt"]),
        )
        for row in rows
    ]
