"""SQL of turns, as the history of files asks for them."""

import sqlalchemy as sa

from asterism.features.talk.provenance.models import PROMPT, Turn
from asterism.kernel.db import Tx

_messages = sa.table(
    "conversation_messages",
    *(
        sa.column(name)
        for name in ("id", "conversation_id", "position", "content", "workspace_id", "tree", "manifest_hash")
    ),
    sa.column("completed_at"),
)
_m = _messages.c


def turns_between(tx: Tx, workspace_id: str, after: str, until: str, limit: int) -> list[Turn]:
    """Return the turns in a workspace that ended in a span of time with another tree, the newest first."""
    prompt = _messages.alias()
    p = prompt.c
    query = (
        sa.select(
            _m.conversation_id, _m.id, _m.tree, _m.manifest_hash, sa.func.substr(p.content, 1, PROMPT).label("prompt")
        )
        .join(prompt, sa.and_(p.conversation_id == _m.conversation_id, p.position == _m.position - 1))
        .where(
            _m.workspace_id == workspace_id,
            _m.manifest_hash.is_not(None),
            sa.or_(_m.tree.is_(None), _m.tree != _m.manifest_hash),
            _m.completed_at > after,
            _m.completed_at <= until,
        )
    )
    rows = tx.all(query.order_by(_m.completed_at.desc()).limit(limit))
    return [Turn(row["conversation_id"], row["id"], row["tree"], row["manifest_hash"], row["prompt"]) for row in rows]
