"""Errors of decisions."""

from asterism.base.errors import NotFound


class UnknownDecision(NotFound):
    """The project has no such decision."""

    def __init__(self) -> None:
        super().__init__("There is no such decision in this project.")
