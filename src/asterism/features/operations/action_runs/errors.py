"""Errors of runs of action items."""

from collections.abc import Sequence

from asterism.base.errors import Conflict, NotFound


class UnknownRun(NotFound):
    """No such run, or another user's."""

    def __init__(self) -> None:
        super().__init__("There is no such run of an action item.")


class NothingToRun(Conflict):
    """Drift is no work for an agent."""

    code = "INVALID_OPERATION"

    def __init__(self) -> None:
        super().__init__("No agent works on drift.", hint="Sync the workspace: POST /v1/workspaces/:id/sync/prepare")


class ItemClosed(Conflict):
    """The item was dismissed, or its cause is gone."""

    code = "INVALID_STATE"

    def __init__(self, why: str) -> None:
        super().__init__(f"This action item {why}, so nothing is run for it.")


class NoTreeYet(Conflict):
    """The workspace has nothing that an agent could change."""

    code = "NO_SNAPSHOT"

    def __init__(self) -> None:
        super().__init__("The workspace has no files yet.", hint="Push first: asterism push")


class NotReady(Conflict):
    """Only a run that is ready can be applied."""

    code = "INVALID_STATE"

    def __init__(self, status: str) -> None:
        super().__init__(f"The run is {status}; only one that is ready can be applied.")


class PatchConflict(Conflict):
    """The workspace has changed the same places meanwhile; nothing was applied."""

    code = "PATCH_CONFLICT"

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(
            "The workspace changed the same places since this run began; nothing was applied.",
            hint="Run the action item again with force.",
            details={"paths": list(paths)},
        )


class KeepsMoving(Conflict):
    """Others changed the workspace each time while the run was merged into it."""

    code = "CONCURRENT_MODIFICATION"

    def __init__(self) -> None:
        super().__init__("Others kept changing the workspace while this run was applied.", hint="Apply it again.")
