"""Proposals: what a model wants written, decided by a person, executed once (Starbot 8.7).

`Proposals` offers writers as tools of chat runs and executes what is approved; the rest are use cases over what is
stored. To add a tool that writes, make a `Writer` and add it to `writers`.
"""

from asterism.features.talk.proposals.errors import ProposalNotPending, UnknownProposal
from asterism.features.talk.proposals.models import STREAM, Problem, Proposal, ProposalPreview, Status, Writer
from asterism.features.talk.proposals.service import Proposals, get_proposal, list_proposals, reject
from asterism.features.talk.proposals.writers import writers

__all__ = [
    "STREAM",
    "Problem",
    "Proposal",
    "ProposalNotPending",
    "ProposalPreview",
    "Proposals",
    "Status",
    "UnknownProposal",
    "Writer",
    "get_proposal",
    "list_proposals",
    "reject",
    "writers",
]
