"""Errors of action items."""

from asterism.base.errors import NotFound


class UnknownItem(NotFound):
    """No such action item, or another user's."""

    def __init__(self) -> None:
        super().__init__("There is no such action item.", hint="`asterism actions` lists them.")
