"""What the run of a deployment tells. `Ended` is the terminal event."""

from asterism.kernel.streams import Fact


class Began(Fact, frozen=True, tag="deployment.began"):
    """The pipeline is under way, or waits for its turn."""

    deployment_id: str


class Ended(Fact, frozen=True, tag="deployment.ended"):
    """The deployment has its end."""

    deployment_id: str
    status: str
