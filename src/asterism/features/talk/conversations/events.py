"""The frames of a conversation's event log, in the words that clients read (Fastest 8.7)."""

from typing import Any, Literal, Self, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from asterism.features.talk.checkpoints import Checkpoint
from asterism.features.talk.conversations import models
from asterism.features.talk.conversations.models import Role, State, Status, SummaryStatus
from asterism.features.versions.workcopies import FileChange
from asterism.kernel.streams import Event, Fact


class Frame(Fact, frozen=True, rename="camel", kw_only=True):
    """One frame. `seq` and `replay` are added when it is sent; the log keeps it without them."""

    seq: int | UnsetType = UNSET
    replay: bool | UnsetType = UNSET


class TurnTokens(msgspec.Struct, frozen=True, rename="camel"):
    """What the agent of a turn took of its model; `costUsd` is null when the model has no known price."""

    model: str
    input_tokens: int
    output_tokens: int
    cached_input_tokens: int
    reasoning_tokens: int
    cost_usd: float | None

    @classmethod
    def of(cls, one: models.TurnUsage) -> Self:
        """Write what a turn took."""
        cost = None if one.cost_micros is None else one.cost_micros / 1_000_000
        counts = (one.input_tokens, one.output_tokens, one.cached_input_tokens, one.reasoning_tokens)
        return cls(one.model, *counts, cost)


class ConversationMessage(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A message as clients read it."""

    id: str
    role: Role
    content: str
    status: Status
    created_at: str
    completed_at: str | UnsetType = UNSET
    files_changed: list[str] | UnsetType = UNSET
    error: str | UnsetType = UNSET
    manifest_hash: str | UnsetType = UNSET
    cancelled_by: str | UnsetType = UNSET
    usage: TurnTokens | UnsetType = UNSET
    cut_after: str | UnsetType = UNSET

    @classmethod
    def of(cls, one: models.Message) -> Self:
        """Write a message."""
        return cls(
            one.id,
            one.role,
            one.content,
            one.status,
            one.created_at,
            UNSET if one.completed_at is None else one.completed_at,
            UNSET if one.files_changed is None else list(one.files_changed),
            UNSET if one.error is None else one.error,
            UNSET if one.manifest_hash is None else one.manifest_hash,
            UNSET if one.cancelled_by is None else one.cancelled_by,
            UNSET if one.usage is None else TurnTokens.of(one.usage),
            UNSET if one.cut_after is None else one.cut_after,
        )


class TimelineEntry(msgspec.Struct, frozen=True, rename="camel"):
    """What one turn changed."""

    id: str
    message_id: str
    timestamp: str
    summary: str | None
    summary_status: SummaryStatus
    files: list[FileChange]
    manifest_hash: str
    previous_manifest_hash: str | UnsetType = UNSET

    @classmethod
    def of(cls, one: models.TimelineItem) -> Self:
        """Write an item."""
        before = UNSET if one.previous_manifest_hash is None else one.previous_manifest_hash
        files, summary = list(one.files), one.summary
        status = one.summary_status
        return cls(one.id, one.message_id, one.timestamp, summary, status, files, one.manifest_hash, before)


class ConversationFields(msgspec.Struct, frozen=True):
    """A conversation."""

    id: str
    workspace_id: str
    title: str | None
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, one: models.Conversation) -> Self:
        """Write a conversation."""
        return cls(one.id, one.workspace_id, one.title, one.created_at, one.updated_at)


class AgentPayload(msgspec.Struct, frozen=True):
    """What an agent told: a kind of its vocabulary, and what belongs to it."""

    type: str
    properties: dict[str, Any]


class AgentEnvelope(msgspec.Struct, frozen=True):
    """An event of an agent, with the folder it works in."""

    payload: AgentPayload
    directory: str | UnsetType = UNSET


class Ready(Frame, frozen=True, tag="ready"):
    """The first frame of every connection."""

    conversation_id: str
    state: State
    queue: list[str]


class MessageStart(Frame, frozen=True, tag="message_start"):
    """A turn starts."""

    message_id: str


class MessageStatus(Frame, frozen=True, tag="message_status"):
    """The status of a message changes."""

    message_id: str
    status: Status


class ContentDelta(Frame, frozen=True, tag="content_delta"):
    """Text of a turn that has no text part."""

    content: str
    message_id: str


class AgentTold(Frame, frozen=True, tag="opencode_event"):
    """An event of the agent; `message_id` is the conversation's assistant message."""

    message_id: str
    event: AgentEnvelope

    @property
    def kind(self) -> str:
        """The kind of the agent's event."""
        return self.event.payload.type

    @property
    def properties(self) -> dict[str, Any]:
        """What belongs to the agent's event."""
        return self.event.payload.properties


class MessageComplete(Frame, frozen=True, tag="message_complete"):
    """A message is in its terminal status."""

    message: ConversationMessage


class MessageUpdate(Frame, frozen=True, tag="message_update"):
    """A terminal message has changed."""

    message: ConversationMessage


class FilesChanged(Frame, frozen=True, tag="files_changed"):
    """Files of the workspace have changed."""

    files: list[str]


class TimelineItemFrame(Frame, frozen=True, tag="timeline_item"):
    """A turn has changed files."""

    item: TimelineEntry


class TimelineSummary(Frame, frozen=True, tag="timeline_summary"):
    """What a turn changed, in one sentence."""

    item_id: str
    summary: str


class ConversationDeployment(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A deployment as conversations show it; `url` is empty until it is known."""

    id: str
    url: str
    status: Literal["deploying", "success", "failed"]
    error: str | UnsetType = UNSET
    created_at: str
    completed_at: str | UnsetType = UNSET


class DeploymentLogEntry(msgspec.Struct, frozen=True):
    """A line of what a deployment says."""

    timestamp: str
    step: Literal["install", "build", "deploy"]
    stream: Literal["stdout", "stderr"]
    content: str


class DeploymentStarted(Frame, frozen=True, tag="deployment_started"):
    """A deployment of this conversation is under way, or waits for its turn."""

    deployment: ConversationDeployment


class DeploymentSaid(Frame, frozen=True, tag="deployment_log"):
    """A line of a deployment's output."""

    deployment_id: str
    entry: DeploymentLogEntry


class DeploymentComplete(Frame, frozen=True, tag="deployment_complete"):
    """A deployment of this conversation has its end."""

    deployment: ConversationDeployment


class CheckpointFields(msgspec.Struct, frozen=True):
    """A tree that a turn's working copy held (beyond 2)."""

    id: str
    conversation_id: str
    message_id: str
    call_id: str | None
    tool: str | None
    tree: str
    previous_tree: str | None
    files: list[FileChange]
    created_at: str

    @classmethod
    def of(cls, one: Checkpoint) -> Self:
        """Write a checkpoint."""
        who = (one.id, one.conversation_id, one.message_id, one.call_id, one.tool)
        return cls(*who, one.tree, one.previous_tree, list(one.files), one.created_at)


class CheckpointTaken(Frame, frozen=True, tag="checkpoint"):
    """A tool call, or a turn, has left a tree that one can come back to."""

    item: CheckpointFields


class ConversationUpdate(Frame, frozen=True, tag="conversation_update"):
    """Title or workspace have changed."""

    conversation: ConversationFields


class ConversationCleared(Frame, frozen=True, tag="conversation_cleared"):
    """All messages are gone."""


class ConversationRewound(Frame, frozen=True, tag="conversation_rewound"):
    """Somebody went back to an earlier moment, or `undone`, came back from there; the workspace shows `tree`."""

    rewind_id: str
    tree: str | None
    undone: bool = False


class Reset(Frame, frozen=True, tag="reset"):
    """The log does not reach back to where the client was; the state follows."""


class WarningFrame(Frame, frozen=True, tag="warning"):
    """Something for people to know."""

    warning: str


class ErrorFrame(Frame, frozen=True, tag="error"):
    """Something for people that went wrong."""

    error: str


AnyFrame: TypeAlias = (
    Ready
    | MessageStart
    | MessageStatus
    | ContentDelta
    | AgentTold
    | MessageComplete
    | MessageUpdate
    | FilesChanged
    | TimelineItemFrame
    | TimelineSummary
    | CheckpointTaken
    | DeploymentStarted
    | DeploymentSaid
    | DeploymentComplete
    | ConversationUpdate
    | ConversationCleared
    | ConversationRewound
    | Reset
    | WarningFrame
    | ErrorFrame
)

_encode = msgspec.json.Encoder().encode


def logged(event: Event) -> bytes:
    """Return a logged frame as it is sent."""
    return b'{"seq":%d,%b' % (event.seq, event.tagged[1:])


def rebuilt(frame: Frame, seq: int) -> bytes:
    """Return a frame that was rebuilt from the state as it is sent; `seq` is the log's last one."""
    return b'{"seq":%d,"replay":true,%b' % (seq, _encode(frame)[1:])


def agent_told(message_id: str, kind: str, properties: dict[str, Any]) -> AgentTold:
    """Return the frame of an agent's event."""
    return AgentTold(message_id, AgentEnvelope(AgentPayload(kind, properties), "/tree"))


def question_closed(message_id: str, question: models.Question) -> AgentTold:
    """Return the frame that tells how a question was closed."""
    who = {"sessionID": question.session_id, "requestID": question.id}
    if question.status == "answered":
        answers = [list(texts) for texts in question.answers or ()]
        return agent_told(message_id, "question.replied", {**who, "answers": answers})
    return agent_told(message_id, "question.rejected", who)


def question_asked(question: models.Question) -> AgentTold:
    """Return the frame that asks a question: without `tool`, under which clients would file it unseen."""
    return agent_told(question.message_id, "question.asked", question_form(question))


def question_form(question: models.Question) -> dict[str, Any]:
    """Return a question in the agents' vocabulary."""
    inquiries = [
        {
            "question": one.question,
            "header": one.header,
            "options": msgspec.to_builtins(one.options),
            "multiple": one.multiple,
            "custom": one.custom,
        }
        for one in question.inquiries
    ]
    return {"id": question.id, "sessionID": question.session_id, "questions": inquiries}
