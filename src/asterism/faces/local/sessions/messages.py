"""`/api/sessions/:id/messages`."""

from typing import Any, Literal

import msgspec

from asterism.faces.local import wire
from asterism.faces.local.call import LocalCall, post
from asterism.features.review import local_chats

BODY = 1 << 20


class NewMessage(msgspec.Struct):
    """A message to add; `content` may be empty."""

    role: Literal["user", "assistant", "system"]
    content: str


@post("/api/sessions/{id:str}/messages", uuids=("id",), body=NewMessage, max_body=BODY)
def create(call: LocalCall[NewMessage]) -> Any:
    """POST /api/sessions/:id/messages: add a message without asking anybody."""
    added = local_chats.add_message(call.tx, call.path["id"], role=call.body.role, content=call.body.content)
    return {"message": wire.message(added)}
