"""Errors of proposals."""

from asterism.base.errors import Conflict, NotFound
from asterism.features.talk.proposals.models import Problem, Status


class UnknownProposal(NotFound):
    """No such proposal, or another user's."""

    def __init__(self) -> None:
        super().__init__("There is no such proposal.")


class ProposalNotPending(Conflict):
    """Somebody decided already, or nobody did in time."""

    code = "PROPOSAL_NOT_PENDING"

    def __init__(self, status: Status) -> None:
        super().__init__(f"This proposal is {status} and cannot be decided any more.", details={"status": status})


OUTCOME_UNKNOWN = Problem(
    "OUTCOME_UNKNOWN",
    "The server stopped while this was being done. It may have been done; look before you propose it again.",
)
BUG = Problem("INTERNAL_ERROR", "Something went wrong on the server.")
