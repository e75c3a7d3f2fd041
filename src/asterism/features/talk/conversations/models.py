"""Conversations with a coding agent, and what they consist of (Fastest 8.1)."""

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from asterism.features.versions.workcopies import FileChange
from asterism.kernel.agents import Inquiry

Status = Literal["pending", "running", "completed", "failed", "cancelled"]
State = Literal["idle", "running", "waiting"]
Role = Literal["user", "assistant"]
TitleSource = Literal["none", "prompt", "model", "user"]
QuestionStatus = Literal["pending", "answered", "rejected"]
SummaryStatus = Literal["pending", "generating", "completed", "failed"]

STREAM = "conversation:"
ANSWERED = "conversations.answered"  # told of a conversation after every fifth completed turn
ANSWERS = 5
ACTIVE: tuple[Status, ...] = ("pending", "running")
MAX_TITLE = 200
MAX_PROMPT = 200_000
MAX_QUEUED = 20
MAX_CONVERSATIONS = 1000
MAX_ANSWER = 4000
PREVIEW = 120
USER, SYSTEM = "user", "system"  # who cancels
TIMELINE = 500
LOG_DAYS, LOG_FRAMES = 30, 1000  # what is kept of a log: both


BY_SERVER = "server:"
"""What the `agent_id` of a question begins with that the server asks."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation in a workspace. `last_at` is the newest time given to a message: times rise strictly."""

    id: str
    workspace_id: str
    project_id: str
    owner_user_id: str
    title: str | None
    title_source: TitleSource
    next_position: int
    last_at: str
    created_at: str
    updated_at: str

    @property
    def stream(self) -> str:
        """The name of its event log."""
        return STREAM + self.id


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation with what lists show of it."""

    conversation: Conversation
    workspace_name: str
    project_name: str
    message_count: int
    last_message_preview: str | None
    state: State
    queue_length: int


class TurnUsage(msgspec.Struct, frozen=True):
    """What the agent of a turn took of its model, as the provider counted it; `input_tokens` include the cached ones.

    `cost_micros` is in millionths of a dollar, None when the model has no known price.
    """

    model: str
    input_tokens: int
    output_tokens: int
    cached_input_tokens: int
    reasoning_tokens: int
    cost_micros: int | None


@dataclass(frozen=True, slots=True)
class Message:
    """A message. Those of the assistant are turns: `attempt` counts how often the work on one was begun.

    `log_start` is the seq of the log before the turn's first frame; `tree` is the manifest that it started from and
    `manifest_hash` the one it ended on. `parked`: it waits for an answer, and no process performs it since the server
    was started anew. `collecting`: its working copy is not taken over yet, and the next turn waits for that. `grants`
    are the keys of env vars that it may read. `usage` is None where nothing was counted. `cut_after` is the tool call
    after which its rest is hidden, since somebody went back to it.
    """

    id: str
    conversation_id: str
    position: int
    role: Role
    content: str
    status: Status
    created_at: str
    completed_at: str | None = None
    error: str | None = None
    cancelled_by: str | None = None
    files_changed: tuple[str, ...] | None = None
    manifest_hash: str | None = None
    workspace_id: str | None = None
    tree: str | None = None
    attempt: int = 0
    log_start: int = 0
    infos: tuple[dict[str, Any], ...] = ()
    parked: bool = False
    collecting: bool = False
    grants: tuple[str, ...] = ()
    usage: TurnUsage | None = None
    cut_after: str | None = None

    @property
    def active(self) -> bool:
        """Whether it has not ended."""
        return self.status in ACTIVE


@dataclass(frozen=True, slots=True)
class Parts:
    """What the agent told in one turn: its messages and parts, each in its newest state, in order of appearance."""

    infos: tuple[dict[str, Any], ...] = ()
    parts: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """Questions that a turn asks. `id` is ours, `agent_id` and `session_id` are the agent's, or name the server."""

    id: str
    conversation_id: str
    message_id: str
    agent_id: str
    session_id: str
    inquiries: tuple[Inquiry, ...]
    status: QuestionStatus
    answers: tuple[tuple[str, ...], ...] | None
    asked_at: str
    closed_at: str | None = None

    @property
    def topic(self) -> str | None:
        """What a question is about that the server asks by itself; None for one of the agent, which waits for it."""
        return self.agent_id.removeprefix(BY_SERVER) if self.agent_id.startswith(BY_SERVER) else None


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """What one turn changed: the tree before, the tree after, and the files between."""

    id: str
    conversation_id: str
    message_id: str
    timestamp: str
    summary: str | None
    summary_status: SummaryStatus
    files: tuple[FileChange, ...]
    manifest_hash: str
    previous_manifest_hash: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a turn ended. `error` is for people and says what to do."""

    status: Literal["completed", "failed", "cancelled"]
    error: str | None = None


DONE = Outcome("completed")
CANCELLED = Outcome("cancelled")
RESTARTED = Outcome("failed", "The server restarted during this turn")
