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


class UnchangedPath(NotFound):
    """The path is the same in both snapshots, or in neither."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path[:200]!r} does not differ between these snapshots.")


class UnknownTag(NotFound):
    """The project has no tag of this name."""

    def __init__(self) -> None:
        super().__init__("There is no such tag.")


class TagTaken(Conflict):
    """The tag names another snapshot already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The tag {name} names another snapshot.", hint="Delete it first, or choose another name.")
