"""`/v1/chats/:id/messages`."""

from typing import Any, Literal

import msgspec

from asterism.faces.v1 import wire_chats
from asterism.faces.v1.call import Call, get, post
from asterism.features.talk import chats


class NewMessage(msgspec.Struct):
    """A message to store."""

    role: Literal["user", "assistant", "system"]
    content: str


@get("/v1/chats/{chat_id:str}/messages")
def index(call: Call[None]) -> Any:
    """GET /v1/chats/:chatId/messages: the messages, oldest first: all, or a page."""
    meta = wire_chats.wants_meta(call.query)
    paged = any(call.query.text(name) is not None for name in ("limit", "after", "before"))
    found = chats.list_messages(
        call.tx,
        call.caller,
        call.path["chat_id"],
        after=call.query.text("after"),
        before=call.query.text("before"),
        limit=call.query.limit(default=1000, maximum=1000) if paged else None,
    )
    return {"messages": [wire_chats.message(one, meta=meta) for one in found]}


@post("/v1/chats/{chat_id:str}/messages", body=NewMessage, status=201)
def create(call: Call[NewMessage]) -> Any:
    """POST /v1/chats/:chatId/messages: store a message; starts nothing."""
    made = chats.post_message(
        call.tx, call.caller, call.path["chat_id"], role=call.body.role, content=call.body.content
    )
    return {"message": wire_chats.message(made)}
