"""`/api/sessions/:id/chat`: ask the model, streamed (Stargazer 4.1, 4.2)."""

import asyncio
from typing import Any

import msgspec

from asterism.asgi.sse import sse_response, with_heartbeat
from asterism.base.errors import Invalid
from asterism.faces.local.call import LocalCall, post
from asterism.faces.local.review_options import unnumbered
from asterism.features.review import local_chats, local_providers

BODY = 1 << 20
BEAT = b": keep-alive\n\n"
NO_MODEL = {"CONFIG_NOT_FOUND": 400, "API_KEY_MISSING": 400, "AI_CLIENT_ERROR": 400}


class Question(msgspec.Struct):
    """What to ask."""

    message: str


@post("/api/sessions/{id:str}/chat", uuids=("id",), body=Question, max_body=BODY, statuses=NO_MODEL)
async def create(call: LocalCall[Question]) -> Any:
    """POST /api/sessions/:id/chat: ask the model and stream its answer."""
    local, answers = call.rt.local, call.rt.local.answers
    if not call.body.message or len(call.body.message.encode()) > local_chats.LONGEST_MESSAGE:
        raise Invalid.field("message", f"must have 1 character to {local_chats.LONGEST_MESSAGE} bytes")
    await answers.require_session(call.path["id"])
    target = await asyncio.to_thread(local_providers.find_model, call.rt.db, local.keys)
    events = await answers.begin(call.path["id"], call.body.message, target)
    return sse_response(with_heartbeat(unnumbered(events), beat=BEAT))
