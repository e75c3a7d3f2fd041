"""Errors of going back and of branching."""

from asterism.base.errors import Conflict, NotFound


class UnknownCheckpoint(NotFound):
    """No such checkpoint in this conversation, or it is not kept any more."""

    def __init__(self) -> None:
        super().__init__("There is no such checkpoint in this conversation; they are kept for 30 days.")


class UnknownRewind(NotFound):
    """Nobody went back under that id in this conversation."""

    def __init__(self) -> None:
        super().__init__("There is no such rewind in this conversation.")


class TurnRunning(Conflict):
    """A turn runs or waits in the conversation."""

    code = "TURN_RUNNING"

    def __init__(self) -> None:
        super().__init__("A turn is running or waiting in this conversation.", hint="Cancel it, or wait for its end.")


class CannotUndo(Conflict):
    """A rewind that was undone already, or that something came after."""

    code = "INVALID_STATE"

    def __init__(self, why: str) -> None:
        super().__init__(f"This rewind cannot be undone: {why}.")
