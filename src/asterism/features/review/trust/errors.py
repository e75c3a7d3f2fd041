"""What can be wrong about project roots and trust."""

from asterism.base.errors import Forbidden, Invalid, NotFound
from asterism.kernel.git import InvalidPath

__all__ = ["InvalidPath", "NotTrusted", "UnknownTrust", "WrongProject"]


class NotTrusted(Forbidden):
    """The owner has not allowed reading this project."""

    code = "TRUST_REQUIRED"

    def __init__(self) -> None:
        super().__init__(
            "This project is not trusted for reading.", hint="Trust it first with POST /api/settings/trust."
        )


class UnknownTrust(NotFound):
    """No trust entry for that project."""

    code = "NOT_FOUND"


class WrongProject(Invalid):
    """The project id is unknown, or was given to another folder."""

    code = "INVALID_BODY"
