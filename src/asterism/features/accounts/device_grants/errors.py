"""Errors of device sign-in."""

from asterism.base.errors import Conflict, Invalid, NotFound


class UnknownCode(NotFound):
    """No grant has this code (any more)."""

    def __init__(self) -> None:
        super().__init__("No device is waiting with this code.", hint="Check the code on the device.")


class CodeUsed(Conflict):
    """The grant was approved or denied before."""

    code = "CODE_ALREADY_USED"

    def __init__(self) -> None:
        super().__init__("This code has been used already.", hint="Start again on the device.")


class CodeExpired(Invalid):
    """The grant was not decided in time."""

    code = "CODE_EXPIRED"

    def __init__(self) -> None:
        super().__init__("This code has expired.", hint="Start again on the device.")
