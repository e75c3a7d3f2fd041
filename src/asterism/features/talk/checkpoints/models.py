"""Checkpoints: trees that an agent's copy held on the way through a turn."""

from dataclasses import dataclass

from asterism.features.versions.workcopies import FileChange

KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Called:
    """The tool call that made a checkpoint: its id, which a provider may use twice in a turn, and that of its part."""

    id: str
    tool: str
    part_id: str | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree in the course of a turn, bound to the tool call that made it; none where the turn began or ended."""

    id: str
    conversation_id: str
    message_id: str
    call_id: str | None
    tool: str | None
    tree: str
    previous_tree: str | None
    files: tuple[FileChange, ...]
    created_at: str
    part_id: str | None = None

    @property
    def at_start(self) -> bool:
        """Whether it was taken where a turn began."""
        return self.call_id is None and self.previous_tree is None and not self.files
