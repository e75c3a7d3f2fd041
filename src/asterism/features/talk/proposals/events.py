"""What the stream of an execution tells."""

from asterism.features.talk.proposals.models import Status
from asterism.kernel.streams import Fact


class ExecutionStarted(Fact, frozen=True, tag="execution.started"):
    """A proposal was approved and is being executed."""

    proposal_id: str


class ExecutionEnded(Fact, frozen=True, tag="execution.ended"):
    """It was done, or it failed; the terminal event."""

    proposal_id: str
    status: Status
