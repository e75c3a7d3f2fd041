"""`/v1/conversations/:conversationId/messages`."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from asterism.asgi.answers import Ok
from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.wire_conversations import ConversationMessages
from asterism.features.talk import catalogue, conversations
from asterism.features.talk.conversations import events
from asterism.features.versions import storage


class MessagesAsked(msgspec.Struct):
    """Which messages to read: the newest before a message or a moment."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 1000
    before: str | None = None


class Prompt(msgspec.Struct):
    """What the agent shall do, and the env vars (`env:KEY`) whose values it may read meanwhile (Beyond 11)."""

    prompt: str
    grants: list[str] = []


class PromptSent(msgspec.Struct, rename="camel"):
    """The assistant message that will hold the answer; `position` counts those that wait, 0 for one that runs."""

    message_id: str
    status: Literal["running", "pending"]
    position: int


@get("/v1/conversations/{conversation_id:str}/messages")
def messages(call: Call, conversation_id: str, query: MessagesAsked) -> ConversationMessages:
    """GET /v1/conversations/:conversationId/messages: the newest messages, oldest first."""
    found, more = conversations.list_messages(
        call.tx, call.caller, conversation_id, limit=query.limit, before=query.before
    )
    return ConversationMessages([events.ConversationMessage.of(one) for one in found], more)


@post(
    "/v1/conversations/{conversation_id:str}/messages",
    errors=(catalogue.ModelNotConfigured, conversations.QueueFull, storage.BlobsMissing),
)
async def add_messages(call: Call, conversation_id: str, body: Prompt) -> Ok[PromptSent]:
    """POST /v1/conversations/:conversationId/messages: hand the agent a prompt, which may have to wait."""
    sent = await call.rt.turns.send(call.caller, conversation_id, body.prompt, body.grants)
    answer = PromptSent(sent.message_id, "running" if sent.running else "pending", sent.position)
    if sent.running:
        return Ok(answer)
    return Ok(answer, after=lambda: call.rt.turns.tell_waiting(conversation_id, sent.message_id))
