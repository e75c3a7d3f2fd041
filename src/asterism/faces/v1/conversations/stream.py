"""`…/stream` and `…/stream-ticket`: a conversation as it goes on, over a WebSocket (Fastest 8.7)."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Annotated

import msgspec
from msgspec import Meta

from asterism.asgi.answers import Switching
from asterism.asgi.websocket import NORMAL, TRY_LATER, Closed, Frame, Frames
from asterism.base.errors import Conflict
from asterism.faces.v1.call import Call, get, post, socket
from asterism.faces.v1.wire import Empty
from asterism.faces.v1.wire_conversations import StreamTicket
from asterism.features.accounts import identity
from asterism.features.operations import deployments
from asterism.features.talk import conversations
from asterism.features.talk.conversations import Opened
from asterism.kernel.db import Tx

SIGNED_OUT = 4401
REMIND_FIRST = 2.0  # seconds; the web app clears its questions when its own loading ends


class After(msgspec.Struct):
    """The seq that the client has seen the log up to; without it the whole state is told."""

    after: Annotated[int, Meta(ge=0)] | None = None


class UpgradeRequired(Conflict):
    """This route speaks WebSocket only."""

    code = "UPGRADE_REQUIRED"

    def __init__(self) -> None:
        super().__init__("This route is a WebSocket.", hint="Open it with `Upgrade: websocket`.")


@post("/v1/conversations/{conversation_id:str}/stream-ticket")
def stream_ticket(call: Call, conversation_id: str, body: Empty) -> StreamTicket:  # noqa: ARG001 - any object is taken
    """POST /v1/conversations/:conversationId/stream-ticket: a ticket that opens the stream once."""
    issued = conversations.make_stream_ticket(call.tx, call.caller, conversation_id)
    return StreamTicket(issued.text, issued.expires_in)


@get(
    "/v1/conversations/{conversation_id:str}/stream",
    query_token=True,
    errors=(UpgradeRequired,),
)
def stream(call: Call, conversation_id: str, query: After) -> Switching:  # noqa: ARG001 - documents the WebSocket
    """GET /v1/conversations/:conversationId/stream: the frames of a conversation, by WebSocket only."""
    conversations.get_conversation(call.tx, call.caller, conversation_id)
    raise UpgradeRequired


@socket("/v1/conversations/{conversation_id:str}/stream", purpose=conversations.TICKET)
async def stream_socket(call: Call, conversation_id: str, query: After) -> Frames:
    """GET /v1/conversations/:conversationId/stream: the state or what was missed, then frames as they come."""
    opened = await call.rt.db.run_read(_opened, call, conversation_id, query.after)
    told = Told(opened.last_seq)
    return Frames(_log(call, opened, told), beside=_reminders(call, conversation_id, told))


def _opened(tx: Tx, call: Call, conversation_id: str, after: int | None) -> Opened:
    opened = conversations.open_stream(tx, call.rt.streams, call.caller, conversation_id, after=after)
    running = [] if opened.resumes else deployments.running_frames(tx, conversation_id)
    return replace(opened, frames=[*opened.frames, *running])


@dataclass(slots=True)
class Told:
    """What a connection was told so far: `seq` is the last one, `state` is set after what it begins with."""

    seq: int
    state: asyncio.Event = field(default_factory=asyncio.Event)


async def _log(call: Call, opened: Opened, told: Told) -> AsyncGenerator[Frame, None]:
    """Yield what a connection begins with, then the log. Raises Closed for a stream too many."""
    with call.rt.sign_in.streams.inside(call.caller.user_id) as admitted:
        if not admitted:  # many were opened at one instant
            raise Closed(TRY_LATER)
        for one in opened.frames:
            yield Frame(conversations.events.rebuilt(one, opened.last_seq), live=False)
        told.state.set()
        async with aclosing(call.rt.streams.subscribe(opened.stream, opened.after)) as log:
            async for event in log:
                yield Frame(conversations.events.logged(event), live=event.seq > opened.last_seq)
                told.seq = max(told.seq, event.seq)


async def _reminders(call: Call, conversation_id: str, told: Told) -> AsyncGenerator[Frame, None]:
    """Yield open questions again and again. Raises Closed once the token is revoked or has expired."""
    await told.state.wait()
    await asyncio.sleep(min(REMIND_FIRST, call.rt.sse_heartbeat))
    while True:
        for again in await call.rt.db.run_read(_looked_after, call, conversation_id):
            yield Frame(conversations.events.rebuilt(again, told.seq), live=False)
        await asyncio.sleep(call.rt.sse_heartbeat)


def _looked_after(tx: Tx, call: Call, conversation_id: str) -> list[conversations.events.Frame]:
    if not identity.still_valid(tx, call.caller):
        raise Closed(SIGNED_OUT)
    try:
        conversations.get_conversation(tx, call.caller, conversation_id)
    except conversations.UnknownConversation:  # its workspace or project was deleted
        raise Closed(NORMAL) from None
    return conversations.open_questions(tx, conversation_id)
