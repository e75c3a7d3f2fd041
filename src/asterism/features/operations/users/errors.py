"""Errors of looking after users."""

from asterism.base.errors import NotFound


class UnknownUser(NotFound):
    """No user has this id, or the caller is no administrator, who sees no others."""

    def __init__(self) -> None:
        super().__init__("There is no such user.")
