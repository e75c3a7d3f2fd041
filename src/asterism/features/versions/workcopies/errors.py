"""What can go wrong with a working copy."""

from asterism.base.errors import Conflict, Invalid, NotFound, TooLarge


class UnknownCopy(NotFound):
    """There is no working copy of that name."""

    code = "WORKING_COPY_GONE"

    def __init__(self) -> None:
        super().__init__("The working copy of this turn is not there any more.")


class CopyExists(Conflict):
    """A turn has a working copy already."""

    code = "WORKING_COPY_EXISTS"

    def __init__(self) -> None:
        super().__init__("This turn has a working copy already.")


class CopyGone(Invalid):
    """The agent took its working copy away, or put something else in its place."""

    code = "WORKING_COPY_GONE"

    def __init__(self) -> None:
        super().__init__(
            "The agent removed the folder that it worked in, so its files could not be collected.",
            hint="The workspace is as it was before this turn.",
        )


class TooManyFiles(TooLarge):
    """A working copy holds more files than a tree may. A client reads this very sentence (Fastest 8.6)."""

    code = "TOO_MANY_FILES"

    def __init__(self, count: int, most: int) -> None:
        super().__init__(f"Workspace has {count} files; max allowed is {most}.")


class WorkspaceKeepsMoving(Conflict):
    """Others changed the workspace each time while the result of a turn was merged into it."""

    code = "CONCURRENT_MODIFICATION"

    def __init__(self) -> None:
        super().__init__("Others kept changing the workspace while this turn's files were merged into it.")
