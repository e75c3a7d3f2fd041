"""Where a line of a file comes from."""

from dataclasses import dataclass

PROMPT = 200


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of an agent that left another tree than it began with; the prompt is cut at 200 characters."""

    conversation_id: str
    message_id: str
    tree: str | None
    manifest_hash: str
    prompt: str


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file of a tree that a workspace shows, or showed, whether or not there is a snapshot of it."""

    project_id: str
    workspace_id: str
    tree: str
    path: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What brought a line, as far as that is known."""

    snapshot_id: str | None
    conversation_id: str | None
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line (numbered from 1), the snapshot that brought it, and the turn and the sync behind that, if any."""

    number: int
    text: str
    snapshot_id: str
    path: str
    author_name: str
    at: str
    turn: Turn | None
    sync_id: str | None
