"""Errors of memory documents."""

from asterism.base.errors import Conflict, NotFound


class MemoryConflict(Conflict):
    """Somebody else changed the document since the caller read it."""

    code = "MEMORY_CONFLICT"

    def __init__(self, current_updated_at: str, *, base: str | None = None, theirs: str | None = None) -> None:
        sides = {"base": base, "theirs": theirs} if base is not None else {}
        super().__init__(
            "The document was changed meanwhile.",
            hint="Read it again and repeat the change.",
            details={"current_updated_at": current_updated_at, **sides},
        )


class UnknownVersion(NotFound):
    """The document has no such version (any more)."""

    def __init__(self) -> None:
        super().__init__("There is no such version.")
