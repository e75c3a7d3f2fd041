"""Errors of workspaces."""

from asterism.base.errors import Conflict, NotFound


class UnknownWorkspace(NotFound):
    """No such workspace, or another user's."""

    def __init__(self) -> None:
        super().__init__("There is no such workspace.")


class MainStays(Conflict):
    """Main cannot be deleted while there are others."""

    code = "INVALID_OPERATION"

    def __init__(self) -> None:
        super().__init__(
            "The main workspace cannot be deleted while there are others.",
            hint="Make another one main first: POST /v1/workspaces/<id>/set-as-main",
        )


class NoTree(Conflict):
    """There is no snapshot and no working tree to answer with."""

    code = "NO_SNAPSHOT"

    def __init__(self) -> None:
        super().__init__("Nothing has been pushed yet.", hint="Push first: asterism push")
