"""`/v1/conversations/:conversationId/checkpoints`: the trees on the way through turns (beyond 2)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from asterism.faces.v1.call import Call, get
from asterism.features.talk import rewinds
from asterism.features.talk.conversations import events


class CheckpointList(msgspec.Struct):
    """A page of checkpoints, oldest first; `next_cursor` is null on the last one."""

    checkpoints: list[events.CheckpointFields]
    next_cursor: str | None


class CheckpointsAsked(msgspec.Struct):
    """Which checkpoints to list: all, or those of one turn."""

    message_id: str | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 100
    cursor: str | None = None


@get("/v1/conversations/{conversation_id:str}/checkpoints")
def index(call: Call, conversation_id: str, query: CheckpointsAsked) -> CheckpointList:
    """GET /v1/conversations/:conversationId/checkpoints: the trees that tool calls of its turns made, oldest first."""
    page = rewinds.list_checkpoints(
        call.tx,
        call.caller,
        conversation_id,
        limit=query.limit,
        cursor=query.cursor,
        message_id=query.message_id,
    )
    return CheckpointList([events.CheckpointFields.of(one) for one in page.items], page.next_cursor)
