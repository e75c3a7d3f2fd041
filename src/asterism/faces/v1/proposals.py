"""`/v1/proposals`: what models want written; a person decides (Starbot 8.7)."""

from typing import Annotated, Any, Literal, Self

import msgspec
from msgspec import Meta

from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, get, post
from asterism.features.talk import proposals

ERRORS = (proposals.UnknownProposal, proposals.ProposalNotPending)
Status = Literal["pending", "executing", "done", "failed", "rejected", "expired"]
Limit = Annotated[int, Meta(ge=1, le=200)]


class Proposal(msgspec.Struct):
    """A proposal: what was asked for, what would change, and what became of it."""

    id: str
    run_id: str
    chat_id: str
    tool_name: str
    arguments: dict[str, Any]
    preview: proposals.ProposalPreview
    status: Status
    result: dict[str, Any] | None
    error: proposals.Problem | None
    created_at: str
    expires_at: str
    decided_at: str | None

    @classmethod
    def of(cls, found: proposals.Proposal) -> Self:
        """Write a proposal."""
        return copied(cls, found)


class ProposalAnswer(msgspec.Struct):
    """A proposal."""

    proposal: Proposal


class ProposalList(msgspec.Struct):
    """Proposals, newest first."""

    proposals: list[Proposal]


class ProposalsAsked(msgspec.Struct):
    """Which proposals to list."""

    status: Status | None = None
    chat_id: str | None = None
    limit: Limit = 50


@get("/v1/proposals")
def index(call: Call, query: ProposalsAsked) -> ProposalList:
    """GET /v1/proposals: the caller's proposals, newest first."""
    status, chat_id, limit = query.status, query.chat_id, query.limit
    found = proposals.list_proposals(call.tx, call.caller, status=status, chat_id=chat_id, limit=limit)
    return ProposalList([Proposal.of(one) for one in found])


@get("/v1/proposals/{proposal_id:str}", errors=(proposals.UnknownProposal,))
def read(call: Call, proposal_id: str) -> ProposalAnswer:
    """GET /v1/proposals/:proposalId: one proposal."""
    return ProposalAnswer(Proposal.of(proposals.get_proposal(call.tx, call.caller, proposal_id)))


@post("/v1/proposals/{proposal_id:str}/approve", errors=ERRORS)
async def approve(call: Call, proposal_id: str) -> ProposalAnswer:
    """POST /v1/proposals/:proposalId/approve: execute the stored arguments, once, and answer when that is over."""
    return ProposalAnswer(Proposal.of(await call.rt.proposals.approve(call.caller, proposal_id, call.origin)))


@post("/v1/proposals/{proposal_id:str}/reject", errors=ERRORS)
def reject(call: Call, proposal_id: str) -> ProposalAnswer:
    """POST /v1/proposals/:proposalId/reject: refuse what was proposed."""
    return ProposalAnswer(Proposal.of(proposals.reject(call.tx, call.caller, proposal_id, origin=call.origin)))
