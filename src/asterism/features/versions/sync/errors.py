"""Errors of sync (Fastest 5.8)."""

from collections.abc import Mapping, Sequence

from asterism.base.errors import Conflict, Invalid, NotFound


class NoMainWorkspace(Conflict):
    """No source was named, and the project has no main workspace."""

    code = "NO_MAIN_WORKSPACE"

    def __init__(self) -> None:
        super().__init__(
            "The project has no main workspace to sync with.",
            hint="Name a source_workspace_id, or choose main: POST /v1/workspaces/<id>/set-as-main",
        )


class SourceIsTarget(Conflict):
    """A workspace cannot be merged into itself."""

    code = "INVALID_OPERATION"

    def __init__(self, *, named: bool) -> None:
        super().__init__(
            "A workspace cannot be merged into itself." if named else "This is the main workspace.",
            hint="To merge work into main, name the other workspace as source_workspace_id.",
        )


class NothingToMerge(Conflict):
    """The source has no snapshot yet."""

    code = "NO_SNAPSHOT"

    def __init__(self, name: str) -> None:
        super().__init__(f"The workspace {name} has no snapshot to merge.", hint="Push there first: asterism push")


class PreviewExpired(NotFound):
    """The preview is not there (any more), or is another user's."""

    code = "PREVIEW_EXPIRED"

    def __init__(self) -> None:
        super().__init__("There is no such preview; it may have expired.", hint="Prepare the sync again.")


class WorkspaceMismatch(Conflict):
    """The preview is of another workspace."""

    code = "WORKSPACE_MISMATCH"

    def __init__(self) -> None:
        super().__init__("The preview was prepared for another workspace.", hint="Prepare the sync of this one.")


class AlreadyExecuted(Conflict):
    """The preview was executed with other decisions."""

    def __init__(self) -> None:
        super().__init__("This preview was executed with other decisions.", hint="Prepare the sync again.")


class MissingDecisions(Invalid):
    """Some paths of the preview still need a decision."""

    code = "MISSING_DECISIONS"

    def __init__(self, paths: Sequence[str]) -> None:
        files = "1 file still needs a decision" if len(paths) == 1 else f"{len(paths)} files still need a decision"
        super().__init__(f"{files}.", details={"missing": list(paths)})


class InvalidDecision(Invalid):
    """Some decisions do not fit the preview; each with its path and reason."""

    code = "INVALID_DECISION"

    def __init__(self, invalid: Sequence[tuple[str, str]]) -> None:
        named = [{"path": path, "reason": reason} for path, reason in invalid]
        super().__init__("Some decisions do not fit the preview.", details={"invalid": named})


class Moved(Conflict):
    """The workspace changed since the sync was prepared, or its source is gone."""

    code = "CONCURRENT_MODIFICATION"

    def __init__(self, details: Mapping[str, object]) -> None:
        super().__init__("The workspace changed since this sync was prepared; prepare it again.", details=dict(details))


class NothingToUndo(Conflict):
    """No sync of the workspace can be undone."""

    code = "INVALID_OPERATION"

    def __init__(self) -> None:
        super().__init__("There is no sync to undo in this workspace.")


class MergeIsNotHead(Conflict):
    """Work came after the sync that is to be undone."""

    code = "HEAD_MOVED"

    def __init__(self, head: str | None) -> None:
        super().__init__(
            "The workspace was changed after the sync.",
            hint="Send force: true to undo it all the same; unsaved work is kept as a snapshot.",
            details={"head_snapshot_id": head},
        )
