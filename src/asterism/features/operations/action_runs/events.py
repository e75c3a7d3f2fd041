"""What the run of an action item tells to its own stream. `Ended` is the terminal event."""

from asterism.kernel.streams import Fact


class Began(Fact, frozen=True, tag="action_run.began"):
    """A process has taken the run up."""

    run_id: str


class Ended(Fact, frozen=True, tag="action_run.ended"):
    """The run has its end, or waits for another process."""

    run_id: str
    status: str
