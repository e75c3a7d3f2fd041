"""`/v1/conversations` and `/v1/conversations/:conversationId`, with what belongs to the whole of one."""

from typing import Annotated

import msgspec
from msgspec import Meta

from asterism.faces.v1.call import Call, delete, get, patch, post
from asterism.faces.v1.wire import Done, Empty
from asterism.faces.v1.wire_conversations import (
    ConversationAnswer,
    ConversationInContext,
    ConversationList,
    ConversationProject,
    ConversationView,
    FrameList,
    ProjectInfoAnswer,
    SavedSnapshot,
    TimelineList,
)
from asterism.features.talk import conversations
from asterism.features.talk.conversations import events
from asterism.features.versions import storage, workspaces


class NewConversation(msgspec.Struct):
    """A conversation to begin; without a title its first prompt gives it one."""

    workspace_id: str
    title: str | None = None


class ConversationChange(msgspec.Struct):
    """What to change: the title, or the workspace that later turns run in."""

    title: str | None = None
    workspace_id: str | None = None


class ConversationsAsked(msgspec.Struct):
    """Which conversations to list."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    offset: Annotated[int, Meta(ge=0)] = 0
    workspace_id: str | None = None


class LogAsked(msgspec.Struct):
    """Which frames to read: those after a seq."""

    after: Annotated[int, Meta(ge=0)] = 0
    limit: Annotated[int, Meta(ge=1, le=1000)] = 500


class SnapshotWanted(msgspec.Struct):
    """How to register the working tree; `generate_summary` asks for a sentence about what changed."""

    generate_summary: bool | None = None


class ToCancel(msgspec.Struct):
    """What to cancel: the message named, or all; without either the running one."""

    message_id: str | None = None
    all: bool | None = None


class CancelledMessages(msgspec.Struct):
    """The messages that were cancelled."""

    cancelled: list[str]
    success: bool = True


@get("/v1/conversations")
def index(call: Call, query: ConversationsAsked) -> ConversationList:
    """GET /v1/conversations: the caller's conversations over all projects, the one that changed last first."""
    found = conversations.list_conversations(
        call.tx, call.caller, limit=query.limit, offset=query.offset, workspace_id=query.workspace_id
    )
    return ConversationList([ConversationInContext.of(one) for one in found])


@post("/v1/conversations", errors=(conversations.TooManyConversations, workspaces.UnknownWorkspace))
def create(call: Call, body: NewConversation) -> ConversationAnswer:
    """POST /v1/conversations: begin a conversation in a workspace."""
    made = conversations.create_conversation(call.tx, call.rt.streams, call.caller, body.workspace_id, title=body.title)
    return ConversationAnswer(events.ConversationFields.of(made))


@get("/v1/conversations/{conversation_id:str}")
def read(call: Call, conversation_id: str) -> ConversationView:
    """GET /v1/conversations/:conversationId: one conversation with its workspace and project."""
    found = conversations.view_conversation(call.tx, call.caller, conversation_id)
    return ConversationView(ConversationInContext.of(found))


@patch("/v1/conversations/{conversation_id:str}", errors=(conversations.OtherProject,))
def change(call: Call, conversation_id: str, body: ConversationChange) -> Done:
    """PATCH /v1/conversations/:conversationId: rename a conversation, or move it to another workspace."""
    conversations.change_conversation(
        call.tx, call.rt.streams, call.caller, conversation_id, title=body.title, workspace_id=body.workspace_id
    )
    return Done()


@delete("/v1/conversations/{conversation_id:str}")
async def remove(call: Call, conversation_id: str) -> Done:
    """DELETE /v1/conversations/:conversationId: cancel everything, then remove the conversation."""
    await call.rt.turns.delete(call.caller, conversation_id)
    return Done()


@post("/v1/conversations/{conversation_id:str}/cancel")
async def cancel(call: Call, conversation_id: str, body: ToCancel) -> CancelledMessages:
    """POST /v1/conversations/:conversationId/cancel: end what runs, one message, or everything."""
    cancelled = await call.rt.turns.cancel(
        call.caller, conversation_id, message_id=body.message_id, everything=body.all is True
    )
    return CancelledMessages(cancelled)


@post("/v1/conversations/{conversation_id:str}/clear")
async def clear(call: Call, conversation_id: str, body: Empty) -> Done:  # noqa: ARG001 - any object is taken
    """POST /v1/conversations/:conversationId/clear: cancel everything and remove all messages."""
    await call.rt.turns.clear(call.caller, conversation_id)
    return Done()


@get("/v1/conversations/{conversation_id:str}/timeline")
def timeline(call: Call, conversation_id: str) -> TimelineList:
    """GET /v1/conversations/:conversationId/timeline: what turns changed, oldest first, the newest 500."""
    found = conversations.list_timeline(call.tx, call.caller, conversation_id)
    return TimelineList([events.TimelineEntry.of(one) for one in found])


@get("/v1/conversations/{conversation_id:str}/events")
def logged_events(call: Call, conversation_id: str, query: LogAsked) -> FrameList:
    """GET /v1/conversations/:conversationId/events: the frames of the log after a seq."""
    found, head, reset = conversations.read_log(
        call.tx, call.rt.streams, call.caller, conversation_id, after=query.after, limit=query.limit
    )
    return FrameList.of(found, head.last_seq, reset=reset)


@get("/v1/conversations/{conversation_id:str}/project-info")
def project_info(call: Call, conversation_id: str) -> ProjectInfoAnswer:
    """GET /v1/conversations/:conversationId/project-info: what kind of project the working tree is."""
    found = conversations.read_project_info(call.tx, call.rt.blobs, call.caller, conversation_id)
    return ProjectInfoAnswer(ConversationProject.of(found))


@post("/v1/conversations/{conversation_id:str}/snapshot", errors=(storage.BlobsMissing,))
def snapshot(call: Call, conversation_id: str, body: SnapshotWanted) -> SavedSnapshot:
    """POST /v1/conversations/:conversationId/snapshot: register the working tree, unless it is the head's."""
    saved = conversations.save_snapshot(call.tx, call.caller, conversation_id, summarize=body.generate_summary is True)
    return SavedSnapshot.of(saved)
