"""`/api/sessions/:id/messages`."""

import msgspec

from asterism.faces.local.call import LocalCall, Uuid, post
from asterism.faces.local.wire import SessionMessage
from asterism.features.review import local_chats

BODY = 1 << 20


class NewSessionMessage(msgspec.Struct):
    """A message to add; `content` may be empty."""

    role: local_chats.Role
    content: str


class SessionMessageAnswer(msgspec.Struct):
    """A message."""

    message: SessionMessage


@post("/api/sessions/{id:str}/messages", max_body=BODY, errors=(local_chats.UnknownSession,))
def create(call: LocalCall, id: Uuid, body: NewSessionMessage) -> SessionMessageAnswer:
    """POST /api/sessions/:id/messages: add a message without asking anybody."""
    added = local_chats.add_message(call.tx, id, role=body.role, content=body.content)
    return SessionMessageAnswer(SessionMessage.of(added))
