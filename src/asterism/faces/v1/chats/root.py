"""`/v1/chats/:id`."""

from typing import Any

import msgspec

from asterism.base.errors import Invalid
from asterism.faces.v1 import wire_chats
from asterism.faces.v1.call import Call, delete, get, patch
from asterism.features.talk import chats, runs


class ChatChanges(msgspec.Struct):
    """What to change; `workspace_id: null` moves the chat to project scope."""

    title: str | None = None
    workspace_id: str | msgspec.UnsetType | None = msgspec.UNSET


@get("/v1/chats/{chat_id:str}")
def read(call: Call[None]) -> Any:
    """GET /v1/chats/:chatId: one chat."""
    meta = wire_chats.wants_meta(call.query)
    found = chats.get_chat(call.tx, call.caller, call.path["chat_id"])
    return {"chat": wire_chats.chats_with_meta(call.tx, [found])[0] if meta else wire_chats.chat(found)}


@patch("/v1/chats/{chat_id:str}", body=ChatChanges)
def change(call: Call[ChatChanges]) -> Any:
    """PATCH /v1/chats/:chatId: rename a chat, or move it to another workspace or to the project."""
    title, workspace_id = call.body.title, call.body.workspace_id
    if title is None and workspace_id is msgspec.UNSET:
        raise Invalid.field("", "needs title or workspace_id")
    changes = {} if workspace_id is msgspec.UNSET else {"workspace_id": workspace_id}
    chat = chats.change_chat(call.tx, call.caller, call.path["chat_id"], title=title, **changes)
    if changes:
        runs.require_idle(call.tx, chat.id)
    return {"chat": wire_chats.chat(chat)}


@delete("/v1/chats/{chat_id:str}")
async def remove(call: Call[None]) -> Any:
    """DELETE /v1/chats/:chatId: cancel what runs in a chat, then remove it with everything in it."""
    await call.rt.runs.delete_chat(call.caller, call.path["chat_id"])
    return {"success": True}
