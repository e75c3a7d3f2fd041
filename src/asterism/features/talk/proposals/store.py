"""SQL of proposals. What nobody decided in time is `expired`, whatever the column says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from asterism.features.talk.proposals.models import Problem, Proposal, ProposalPreview, Status
from asterism.features.talk.proposals.tables import proposals
from asterism.kernel.db import JsonColumns, RowDict, Tx

_JSON = JsonColumns(
    {
        "arguments": dict[str, Any],
        "basis": dict[str, Any],
        "preview": ProposalPreview,
        "result": dict[str, Any],
        "error": Problem,
    }
)


def insert(tx: Tx, new: Proposal) -> None:
    """Add a proposal."""
    tx.execute(sa.insert(proposals).values(_JSON.row_of(new)))


def find(tx: Tx, user_id: str, proposal_id: str) -> Proposal | None:
    """Return a proposal of the user."""
    found = tx.one(sa.select(proposals).where(proposals.c.id == proposal_id, proposals.c.user_id == user_id))
    return _proposal(tx, found) if found else None


def page(tx: Tx, user_id: str, *, status: Status | None, chat_id: str | None, limit: int) -> Sequence[Proposal]:
    """Return the newest proposals of the user."""
    query = sa.select(proposals).where(proposals.c.user_id == user_id)
    late = (proposals.c.status == "pending") & (proposals.c.expires_at <= tx.now())
    if status == "expired":
        query = query.where(late)
    elif status is not None:
        query = query.where(proposals.c.status == status, ~late)
    if chat_id is not None:
        query = query.where(proposals.c.chat_id == chat_id)
    newest = query.order_by(proposals.c.created_at.desc(), proposals.c.id.desc()).limit(limit)
    return [_proposal(tx, row) for row in tx.all(newest)]


def decide(tx: Tx, proposal_id: str, status: Status) -> bool:
    """Move a pending proposal that is not too old to a status; return whether it was: of two who decide, one does."""
    where = (proposals.c.id == proposal_id, proposals.c.status == "pending", proposals.c.expires_at > tx.now())
    return tx.execute(sa.update(proposals).where(*where).values(status=status, decided_at=tx.now())).rowcount == 1


def end(tx: Tx, proposal_id: str, status: Status, result: Mapping[str, Any] | None, error: Problem | None) -> None:
    """Write how an execution ended."""
    values = _JSON.encode({"status": status, "result": result, "error": error})
    where = (proposals.c.id == proposal_id, proposals.c.status == "executing")
    tx.execute(sa.update(proposals).where(*where).values(values))


def _proposal(tx: Tx, row: RowDict) -> Proposal:
    found = Proposal(**_JSON.decode(row, Proposal.__slots__))
    late = found.status == "pending" and found.expires_at <= tx.now()
    return replace(found, status="expired") if late else found
