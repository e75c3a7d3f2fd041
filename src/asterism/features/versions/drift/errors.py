"""Errors of drift."""

from asterism.base.errors import Conflict


class OtherProject(Conflict):
    """The source is a workspace of another project."""

    code = "INVALID_OPERATION"

    def __init__(self) -> None:
        super().__init__(
            "The source workspace belongs to another project.", hint="Name a workspace of the same project."
        )
