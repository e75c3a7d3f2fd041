"""`/v1/chats/:id`, its messages, and the end of what runs in it."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.asgi.answers import Created
from asterism.base.errors import Invalid
from asterism.faces.v1.call import Call, delete, get, patch, post
from asterism.faces.v1.wire import Done, Empty
from asterism.faces.v1.wire_chats import Chat, ChatAnswer, Message, chats_with_meta
from asterism.features.talk import chats, runs


class ChatChanges(msgspec.Struct):
    """What to change; `workspace_id: null` moves the chat to project scope."""

    title: str | None = None
    workspace_id: str | UnsetType | None = UNSET


class MessageToStore(msgspec.Struct):
    """A message to store."""

    role: Literal["user", "assistant", "system"]
    content: str


class Including(msgspec.Struct):
    """What to add to the contract's keys."""

    include: Literal["meta"] | None = None


class MessagesAsked(msgspec.Struct):
    """All messages, or with one of the last three a page of them."""

    include: Literal["meta"] | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] | None = None
    after: str | None = None
    before: str | None = None


class MessageList(msgspec.Struct):
    """Messages, oldest first."""

    messages: list[Message]


class MessageAnswer(msgspec.Struct):
    """A message."""

    message: Message


class Cancelled(msgspec.Struct):
    """Whether there was a run to cancel, and which."""

    cancelled: bool
    run_id: str | None


@get("/v1/chats/{chat_id:str}")
def read(call: Call, chat_id: str, query: Including) -> ChatAnswer:
    """GET /v1/chats/:chatId: one chat."""
    found = chats.get_chat(call.tx, call.caller, chat_id)
    return ChatAnswer(chats_with_meta(call.tx, [found])[0] if query.include else Chat.of(found))


@patch("/v1/chats/{chat_id:str}", errors=(runs.RunInProgress,))
def change(call: Call, chat_id: str, body: ChatChanges) -> ChatAnswer:
    """PATCH /v1/chats/:chatId: rename a chat, or move it to another workspace or to the project."""
    if body.title is None and body.workspace_id is UNSET:
        raise Invalid.field("", "needs title or workspace_id")
    changes = {} if isinstance(body.workspace_id, UnsetType) else {"workspace_id": body.workspace_id}
    chat = chats.change_chat(call.tx, call.caller, chat_id, title=body.title, **changes)
    if changes:
        runs.require_idle(call.tx, chat.id)
    return ChatAnswer(Chat.of(chat))


@delete("/v1/chats/{chat_id:str}", errors=(runs.RunInProgress,))
async def remove(call: Call, chat_id: str) -> Done:
    """DELETE /v1/chats/:chatId: cancel what runs in a chat, then remove it with everything in it."""
    await call.rt.runs.delete_chat(call.caller, chat_id)
    return Done()


@get("/v1/chats/{chat_id:str}/messages")
def messages(call: Call, chat_id: str, query: MessagesAsked) -> MessageList:
    """GET /v1/chats/:chatId/messages: the messages, oldest first: all, or a page."""
    paged = query.limit is not None or query.after is not None or query.before is not None
    found = chats.list_messages(
        call.tx,
        call.caller,
        chat_id,
        after=query.after,
        before=query.before,
        limit=(query.limit or 1000) if paged else None,
    )
    return MessageList([Message.of(one, meta=query.include is not None) for one in found])


@post("/v1/chats/{chat_id:str}/messages")
def add_messages(call: Call, chat_id: str, body: MessageToStore) -> Created[MessageAnswer]:
    """POST /v1/chats/:chatId/messages: store a message; starts nothing."""
    made = chats.post_message(call.tx, call.caller, chat_id, role=body.role, content=body.content)
    return Created(MessageAnswer(Message.of(made)))


@post("/v1/chats/{chat_id:str}/cancel")
async def cancel(call: Call, chat_id: str, body: Empty) -> Cancelled:  # noqa: ARG001 - any object is taken
    """POST /v1/chats/:chatId/cancel: end the active run of a chat and its call to the provider."""
    run_id = await call.rt.runs.cancel(call.caller, chat_id)
    return Cancelled(run_id is not None, run_id)
