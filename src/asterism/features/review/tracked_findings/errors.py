"""What can be wrong with a request about findings."""

from asterism.base.errors import NotFound


class UnknownFinding(NotFound):
    """No such finding, or another user's."""

    def __init__(self) -> None:
        super().__init__("There is no such finding.")
