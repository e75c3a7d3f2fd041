"""`/v1/projects/:projectId/chats`."""

from typing import Any

import msgspec

from asterism.faces.v1 import wire_chats
from asterism.faces.v1.call import Call, get, post
from asterism.features.talk import chats


class NewChat(msgspec.Struct):
    """A chat to make; in workspace scope when a workspace is named."""

    title: str | None = None
    workspace_id: str | None = None


@post("/v1/projects/{project_id:str}/chats", body=NewChat, status=201)
def create(call: Call[NewChat]) -> Any:
    """POST /v1/projects/:projectId/chats: make a chat."""
    made = chats.create_chat(
        call.tx, call.caller, call.path["project_id"], title=call.body.title, workspace_id=call.body.workspace_id
    )
    return {"chat": wire_chats.chat(made)}


@get("/v1/projects/{project_id:str}/chats")
def index(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/chats: the chats, most recently active first."""
    meta = wire_chats.wants_meta(call.query)
    found = chats.list_chats(
        call.tx,
        call.caller,
        call.path["project_id"],
        workspace_id=call.query.text("workspace_id"),
        limit=None if call.query.text("limit") is None else call.query.limit(default=500, maximum=500),
        before=call.query.text("before"),
    )
    return {"chats": wire_chats.chats_with_meta(call.tx, found) if meta else [wire_chats.chat(one) for one in found]}
