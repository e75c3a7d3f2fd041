"""`/v1/conversations/:conversationId/messages`."""

from typing import Annotated

import msgspec
from msgspec import Meta

from asterism.faces.v1.call import Call, get
from asterism.faces.v1.wire_conversations import MessageList
from asterism.features.talk import conversations
from asterism.features.talk.conversations import events


class MessagesAsked(msgspec.Struct):
    """Which messages to read: the newest before a message or a moment."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 1000
    before: str | None = None


@get("/v1/conversations/{conversation_id:str}/messages")
def messages(call: Call, conversation_id: str, query: MessagesAsked) -> MessageList:
    """GET /v1/conversations/:conversationId/messages: the newest messages, oldest first."""
    found, more = conversations.list_messages(
        call.tx, call.caller, conversation_id, limit=query.limit, before=query.before
    )
    return MessageList([events.ConversationMessage.of(one) for one in found], more)
