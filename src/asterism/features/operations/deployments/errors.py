"""Errors of deployments."""

from asterism.base.errors import Conflict, NotFound


class NoSnapshot(Conflict):
    """There is nothing to deploy yet."""

    code = "NO_SNAPSHOT"

    def __init__(self) -> None:
        super().__init__("There is nothing to deploy yet.", hint="Push a snapshot first.")


class UnknownDeployment(NotFound):
    """No such deployment, or another user's."""

    def __init__(self) -> None:
        super().__init__("There is no such deployment.")


class AlreadyEnded(Conflict):
    """A deployment has ended otherwise."""

    code = "INVALID_STATE"

    def __init__(self, status: str) -> None:
        super().__init__(f"The deployment has ended as {status} already.")


class NotApproved(Conflict):
    """An agent asked for a deployment, and nobody said yes."""

    code = "NOT_APPROVED"

    def __init__(self) -> None:
        super().__init__(
            "Nobody has approved this deployment.", hint="A person can deploy with `asterism deploy`, or in the app."
        )


class NothingToRollBackTo(Conflict):
    """A deployment that has no plan, or whose values are gone, cannot be repeated."""

    code = "INVALID_STATE"

    def __init__(self) -> None:
        super().__init__("This deployment never got as far as a plan, so it cannot be repeated.")
