"""`/v1/conversations/:conversationId/fork`: a conversation that goes on from a moment of another (beyond 2)."""

from typing import Literal

import msgspec

from asterism.asgi.answers import Created
from asterism.faces.v1.call import Call, post
from asterism.faces.v1.wire import Workspace
from asterism.features.talk import conversations, rewinds
from asterism.features.talk.conversations import events
from asterism.features.versions import storage
from asterism.features.versions.projects import LimitReached


class ForkWanted(msgspec.Struct):
    """The moment to go on from; in a workspace of its own, called `name`, or in the same one."""

    checkpoint_id: str | None = None
    message_id: str | None = None
    workspace: Literal["same", "new"] = "new"
    name: str | None = None
    title: str | None = None


class Forked(msgspec.Struct):
    """The new conversation, and the workspace that it is in."""

    conversation: events.ConversationFields
    workspace: Workspace


@post(
    "/v1/conversations/{conversation_id:str}/fork",
    errors=(
        conversations.UnknownMessage,
        conversations.TooManyConversations,
        rewinds.UnknownCheckpoint,
        LimitReached,
        storage.BlobsMissing,
    ),
)
def fork(call: Call, conversation_id: str, body: ForkWanted) -> Created[Forked]:
    """POST /v1/conversations/:conversationId/fork: go on from a moment of a conversation in a new one."""
    done = rewinds.fork(
        call.tx,
        call.rt.streams,
        call.caller,
        conversation_id,
        rewinds.Wanted(body.checkpoint_id, body.message_id),
        new_workspace=body.workspace == "new",
        name=body.name,
        title=body.title,
    )
    return Created(Forked(events.ConversationFields.of(done.conversation), Workspace.of(done.workspace)))
