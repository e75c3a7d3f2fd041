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


class HeadMoved(Conflict):
    """The workspace's head is not the one that the client's work is based on."""

    code = "HEAD_MOVED"

    def __init__(self, expected: str, current: str | None) -> None:
        super().__init__(
            "The workspace's head has moved since this work was based on it.",
            hint="Fetch the head and merge it, then register again with the new expected_head.",
            details={"expected_head": expected, "head_snapshot_id": current},
        )


class NoTree(Conflict):
    """There is no snapshot and no working tree to answer with."""

    code = "NO_SNAPSHOT"

    def __init__(self) -> None:
        super().__init__("Nothing has been pushed yet.", hint="Push first: asterism push")
