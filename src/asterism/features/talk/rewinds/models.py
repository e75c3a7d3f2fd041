"""Going back in a conversation, and branching from one."""

from dataclasses import dataclass

from asterism.features.talk.conversations import Conversation, Cut
from asterism.features.versions.workcopies import FileChange
from asterism.features.versions.workspaces import Workspace


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where to go back to (a checkpoint, or the state before a prompt), and what goes back: files, messages."""

    checkpoint_id: str | None = None
    message_id: str | None = None
    files: bool = True
    messages: bool = True


@dataclass(frozen=True, slots=True)
class Rewind:
    """What was done by going back. `from_tree` is what the workspace showed before, `next_position` what came next.

    `cut` is what a turn was that is shown in part since.
    """

    id: str
    conversation_id: str
    workspace_id: str
    files: bool
    from_tree: str | None
    tree: str | None
    next_position: int
    created_at: str
    undone_at: str | None = None
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Rewound:
    """What going back has come to, or would come to (then there is no id). `hidden_parts` are those of a turn cut."""

    rewind_id: str | None
    tree: str | None
    safety_snapshot_id: str | None
    hidden_messages: int
    files: tuple[FileChange, ...]
    hidden_parts: int = 0


@dataclass(frozen=True, slots=True)
class Forked:
    """A conversation that branched from another, and the workspace that it is in."""

    conversation: Conversation
    workspace: Workspace
