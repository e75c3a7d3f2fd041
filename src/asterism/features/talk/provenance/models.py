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
