"""`/v1/projects/:projectId/chats`."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from asterism.asgi.answers import Created
from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.wire_chats import Chat, ChatAnswer, chats_with_meta
from asterism.features.talk import chats


class NewChat(msgspec.Struct):
    """A chat to make; in workspace scope when a workspace is named."""

    title: str | None = None
    workspace_id: str | None = None


class ChatsAsked(msgspec.Struct):
    """All chats, or the newest; `before` is the id of a chat."""

    include: Literal["meta"] | None = None
    workspace_id: str | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] | None = None
    before: str | None = None


class ChatList(msgspec.Struct):
    """Chats, most recently active first."""

    chats: list[Chat]


@post("/v1/projects/{project_id:str}/chats")
def create(call: Call, project_id: str, body: NewChat) -> Created[ChatAnswer]:
    """POST /v1/projects/:projectId/chats: make a chat."""
    made = chats.create_chat(call.tx, call.caller, project_id, title=body.title, workspace_id=body.workspace_id)
    return Created(ChatAnswer(Chat.of(made)))


@get("/v1/projects/{project_id:str}/chats")
def index(call: Call, project_id: str, query: ChatsAsked) -> ChatList:
    """GET /v1/projects/:projectId/chats: the chats, most recently active first."""
    found = chats.list_chats(
        call.tx,
        call.caller,
        project_id,
        workspace_id=query.workspace_id,
        limit=query.limit,
        before=query.before,
    )
    return ChatList(chats_with_meta(call.tx, found) if query.include else [Chat.of(one) for one in found])
