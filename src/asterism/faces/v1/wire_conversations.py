"""The objects of conversations as `/v1` answers them (Fastest 8.1); messages and frames are those of the log."""

from collections.abc import Sequence
from typing import Any, Literal, Self, cast

import msgspec
from msgspec import UNSET, UnsetType

from asterism.faces.shapes import copied
from asterism.features.talk import conversations
from asterism.features.talk.conversations import events
from asterism.kernel.agents import Inquiry
from asterism.kernel.streams import Event


class ConversationAnswer(msgspec.Struct):
    """A conversation."""

    conversation: events.ConversationFields


class ConversationInContext(msgspec.Struct):
    """A conversation with what lists show of it; `waiting` is one in which a question is open."""

    id: str
    workspace_id: str
    title: str | None
    created_at: str
    updated_at: str
    workspace_name: str
    project_id: str
    project_name: str
    message_count: int
    state: conversations.State
    queue_length: int
    last_message_preview: str | UnsetType = UNSET

    @classmethod
    def of(cls, view: conversations.ConversationView) -> Self:
        """Write a conversation."""
        one = view.conversation
        return copied(
            cls,
            one,
            workspace_name=view.workspace_name,
            project_name=view.project_name,
            message_count=view.message_count,
            state=view.state,
            queue_length=view.queue_length,
            last_message_preview=UNSET if view.last_message_preview is None else view.last_message_preview,
        )


class ConversationView(msgspec.Struct):
    """A conversation with its surroundings."""

    conversation: ConversationInContext


class ConversationList(msgspec.Struct):
    """Conversations, the one that changed last first."""

    conversations: list[ConversationInContext]


class ConversationMessages(msgspec.Struct):
    """Messages, oldest first; `has_more` says whether there are older ones."""

    messages: list[events.ConversationMessage]
    has_more: bool


class AgentOutput(msgspec.Struct):
    """What an agent told in one turn: its newest message, and all parts, each in its newest state."""

    parts: list[dict[str, Any]]
    info: dict[str, Any] | UnsetType = UNSET

    @classmethod
    def of(cls, told: conversations.Parts) -> Self:
        """Write it."""
        return cls(list(told.parts), told.infos[-1] if told.infos else UNSET)


class AgentOutputs(msgspec.Struct):
    """What agents told, by the assistant message that it belongs to."""

    messages: dict[str, AgentOutput]


class AgentQuestion(msgspec.Struct):
    """Questions that a turn asks together, and how they were answered."""

    id: str
    session_id: str = msgspec.field(name="sessionID")
    questions: list[Inquiry]
    message_id: str
    status: conversations.QuestionStatus
    asked_at: str
    answers: list[list[str]] | UnsetType = UNSET

    @classmethod
    def of(cls, one: conversations.Question) -> Self:
        """Write a question."""
        return copied(
            cls,
            one,
            questions=list(one.inquiries),
            answers=UNSET if one.answers is None else [list(texts) for texts in one.answers],
        )


class QuestionList(msgspec.Struct):
    """Questions in the order they were asked."""

    questions: list[AgentQuestion]


class TimelineList(msgspec.Struct):
    """What turns changed, oldest first."""

    timeline: list[events.TimelineEntry]


class FrameList(msgspec.Struct):
    """Frames of the log; `reset` says that some after the cursor are not kept any more."""

    events: list[events.AnyFrame]
    last_seq: int
    reset: bool

    @classmethod
    def of(cls, found: Sequence[Event], last_seq: int, *, reset: bool) -> Self:
        """Write frames as they stand in the log."""
        return cls(cast("list[events.AnyFrame]", [msgspec.Raw(events.logged(one)) for one in found]), last_seq, reset)


class ConversationProject(msgspec.Struct, rename="camel"):
    """What kind of project the working tree is."""

    type: Literal["wrangler", "unknown"]
    name: str | UnsetType = UNSET
    config_file: str | UnsetType = UNSET
    runtime: str | UnsetType = UNSET
    framework: str | UnsetType = UNSET

    @classmethod
    def of(cls, found: conversations.ProjectInfo) -> Self:
        """Write it."""
        texts = (found.name, found.config_file, found.runtime, found.framework)
        return cls(found.type, *(UNSET if text is None else text for text in texts))


class ProjectInfoAnswer(msgspec.Struct, rename="camel"):
    """What kind of project the working tree is."""

    project_info: ConversationProject


class FileCounts(msgspec.Struct):
    """How many files a snapshot changed."""

    added: int
    modified: int
    deleted: int


class SavedSnapshot(msgspec.Struct):
    """The snapshot to branch from; `file_changes` is null when there was nothing to save."""

    snapshot_id: str | None
    manifest_hash: str | None
    was_dirty: bool
    summary: str | None
    file_changes: FileCounts | None

    @classmethod
    def of(cls, saved: conversations.Saved) -> Self:
        """Write it."""
        counted = saved.changes
        counts = None if counted is None else FileCounts(counted["added"], counted["modified"], counted["deleted"])
        return copied(cls, saved, file_changes=counts)


class StreamTicket(msgspec.Struct):
    """A ticket that opens the stream once, within 60 seconds."""

    ticket: str
    expires_in: int
