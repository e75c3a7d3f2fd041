"""`/api/sessions/:id/chat`: ask the model, streamed (Stargazer 4.1, 4.2)."""

import msgspec

from asterism.asgi.answers import Events
from asterism.asgi.sse import with_heartbeat
from asterism.base.errors import Invalid, ShuttingDown
from asterism.faces.local.call import LocalCall, Uuid, post
from asterism.faces.local.review_options import BEAT, MODEL_ERRORS, required_model, unnumbered
from asterism.features.review import local_chats

BODY = 1 << 20
NO_MODEL = {"CONFIG_NOT_FOUND": 400, "API_KEY_MISSING": 400, "AI_CLIENT_ERROR": 400}
CHAT_ERRORS = (
    (local_chats.UnknownSession, "SESSION_NOT_FOUND"),
    local_chats.SessionBusy,
    local_chats.MessageNotSaved,
    *MODEL_ERRORS,
    ShuttingDown,
)


class Question(msgspec.Struct):
    """What to ask: 1 character to 256 KiB."""

    message: str


@post("/api/sessions/{id:str}/chat", max_body=BODY, statuses=NO_MODEL, errors=CHAT_ERRORS)
async def create(call: LocalCall, id: Uuid, body: Question) -> Events[local_chats.events.AnswerEvent]:
    """POST /api/sessions/:id/chat: ask the model and stream its answer."""
    if not body.message or len(body.message.encode()) > local_chats.LONGEST_MESSAGE:
        raise Invalid.field("message", f"must have 1 character to {local_chats.LONGEST_MESSAGE} bytes")
    answers = call.rt.local.answers
    await answers.require_session(id)
    target = await required_model(call)
    events = await answers.begin(id, body.message, target)
    return Events(with_heartbeat(unnumbered(events), beat=BEAT))
