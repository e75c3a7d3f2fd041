"""Errors of next steps."""

from asterism.base.errors import NotFound


class UnknownNextStep(NotFound):
    """The project has no such next step."""

    def __init__(self) -> None:
        super().__init__("There is no such next step in this project.")
