"""Runs: attempts to answer a chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

Status = Literal["queued", "running", "cancelling", "completed", "failed", "cancelled"]
Mode = Literal["quick", "standard", "deep"]
Scope = Literal["workspace", "project"]
StopReason = Literal["end", "max_tokens", "tool_limit", "cancelled", "error"]

ACTIVE: tuple[Status, ...] = ("queued", "running", "cancelling")
STREAM = "run/"
"""Streams of runs are called `run/<run id>`."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the caller of a run asked for; None where a default applies."""

    mode: Mode = "standard"
    include_project_memory: bool = True
    workspace_scope: Scope | None = None
    model: str | None = None
    tools: str | Sequence[str] = "auto"


class ContextItem(msgspec.Struct, frozen=True):
    """One piece of text given to the model besides the conversation (Starbot 5.6)."""

    kind: Literal["project_memory", "workspace_memory", "chat_excerpt"]
    source_id: str
    chat_id: str | None
    chunk_id: str | None
    heading: str | None
    selected_by: Literal["whole_document", "rank", "fill"]
    score: float | None
    tokens: int
    text: str


class Budget(msgspec.Struct, frozen=True):
    """The input budget and what each part of the prompt takes of it, in estimated tokens."""

    limit: int
    fixed: int
    memory: int
    retrieval: int
    conversation: int


class Window(msgspec.Struct, frozen=True):
    """Which messages of the conversation were sent."""

    messages: int
    first_message_id: str
    last_message_id: str


class Tree(msgspec.Struct, frozen=True):
    """The state of the chat's workspace when the run began."""

    workspace_id: str
    snapshot_id: str | None
    manifest_hash: str | None


class RunError(msgspec.Struct, frozen=True):
    """Why a run failed or ended early."""

    code: str
    message: str


class RunUsage(msgspec.Struct, frozen=True):
    """Tokens of a whole run, all attempts and its title included."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0
    estimated: bool = False

    def plus(self, other: "RunUsage") -> "RunUsage":
        """Return the sum."""
        return RunUsage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_input_tokens + other.cached_input_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            self.estimated or other.estimated,
        )


@dataclass(frozen=True, slots=True)
class Run:
    """A run as stored. `message_id` and `position` are those of its answer, reserved when it begins."""

    id: str
    chat_id: str
    project_id: str
    user_id: str
    status: Status
    mode: Mode
    include_project_memory: bool
    workspace_scope: Scope
    model: str
    message_id: str
    position: int
    stop_reason: StopReason | None
    error: RunError | None
    usage: RunUsage
    cost_micros: int | None
    tree: Tree | None
    budget: Budget
    window: Window
    context: tuple[ContextItem, ...]
    created_at: str
    started_at: str | None
    finished_at: str | None

    @property
    def stream(self) -> str:
        """The name of its stream."""
        return STREAM + self.id

    @property
    def active(self) -> bool:
        """Whether it has not ended."""
        return self.status in ACTIVE


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with the text so far and the seq that it belongs to, read in one snapshot."""

    run: Run
    content: str
    last_seq: int
    answering: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: `stop_reason` and, unless it completed, the error; `text` is all deltas joined."""

    status: Literal["completed", "failed", "cancelled"]
    stop_reason: StopReason
    text: str
    usage: RunUsage
    error: RunError | None = None
    title: str | None = None
