"""SQL of turns, as the history of files asks for them."""

from collections.abc import Sequence

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


def turns_of(tx: Tx, workspace_ids: Sequence[str], limit: int) -> list[tuple[str, str, Turn]]:
    """Return the newest turns of workspaces that left another tree: workspace, when it ended, and the turn.

    The newest come first.
    """
    prompt = _messages.alias()
    p = prompt.c
    query = (
        sa.select(
            _m.workspace_id,
            _m.completed_at,
            _m.conversation_id,
            _m.id,
            _m.tree,
            _m.manifest_hash,
            sa.func.substr(p.content, 1, PROMPT).label("prompt"),
        )
        .join(prompt, sa.and_(p.conversation_id == _m.conversation_id, p.position == _m.position - 1))
        .where(
            _m.workspace_id.in_(workspace_ids),
            _m.manifest_hash.is_not(None),
            sa.or_(_m.tree.is_(None), _m.tree != _m.manifest_hash),
            _m.completed_at.is_not(None),
        )
    )
    rows = tx.all(query.order_by(_m.completed_at.desc()).limit(limit))
    return [
        (
            row["workspace_id"],
            row["completed_at"],
            Turn(row["conversation_id"], row["id"], row["tree"], row["manifest_hash"], row["prompt"]),
        )
        for row in rows
    ]
