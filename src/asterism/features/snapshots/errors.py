"""Errors of snapshots."""

from asterism.base.errors import Conflict, NotFound


class UnknownSnapshot(NotFound):
    """No such snapshot, or another user's."""

    def __init__(self) -> None:
        super().__init__("There is no such snapshot.")


class SnapshotDiffers(Conflict):
    """A snapshot with this id is registered already, with other content."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"A snapshot with this id is registered with another {what}.", hint="Register it under another id."
        )
