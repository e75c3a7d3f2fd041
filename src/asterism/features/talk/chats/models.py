"""Chats and messages."""

from dataclasses import dataclass
from typing import Literal

TitleSource = Literal["default", "auto", "user"]
Role = Literal["user", "assistant", "system"]

UNTITLED = "New Chat"
MAX_CONTENT_BYTES = 131_072
MAX_TITLE = 255
ANSWERED = "chats.answered"  # told of a chat after every fifth complete answer
ANSWERS = 5


@dataclass(frozen=True, slots=True)
class Chat:
    """A thread in a project; in workspace scope when `workspace_id` is set.

    `active_at` moves when something happens in it; `last_message_at` is the newest time given to a message, so that
    times never decrease in listing order.
    """

    id: str
    project_id: str
    workspace_id: str | None
    owner_user_id: str
    title: str
    title_source: TitleSource
    next_position: int
    active_leaf_id: str | None
    created_at: str
    active_at: str
    last_message_at: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat, at a position that is unique in it. The last four are set on answers of runs only."""

    id: str
    chat_id: str
    position: int
    role: Role
    content: str
    status: Literal["complete", "partial"]
    parent_id: str | None
    created_at: str
    run_id: str | None = None
    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_micros: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """As much of a message as a prompt needs."""

    id: str
    role: Role
    content: str
    partial: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The text of a run as it becomes a message, at the position and time that the run reserved."""

    message_id: str
    run_id: str
    position: int
    content: str
    partial: bool
    model: str
    input_tokens: int
    output_tokens: int
    cost_micros: int | None
    created_at: str


@dataclass(frozen=True, slots=True)
class MessageCounts:
    """How many messages a chat has, and when the newest was written."""

    count: int = 0
    last_message_at: str | None = None
