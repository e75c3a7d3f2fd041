"""`/api/sessions`: list, make, read and delete conversations (Stargazer 4)."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from asterism.base.errors import Invalid
from asterism.faces.local import wire
from asterism.faces.local.call import LocalCall, delete, get, post
from asterism.features.review import local_chats

BODY = 16 << 10


class NewSession(msgspec.Struct, rename="camel"):
    """A conversation to begin."""

    project_path: str
    title: str | UnsetType = UNSET


@get("/api/sessions")
def listing(call: LocalCall[None]) -> Any:
    """GET /api/sessions: conversations, the last changed first."""
    limit, offset = call.query.window()
    found = local_chats.list_sessions(call.tx, call.query.text("projectPath"), limit=limit, offset=offset)
    return {"sessions": [wire.session_metadata(one) for one in found], "warnings": []}


@post("/api/sessions", body=NewSession, max_body=BODY)
def create(call: LocalCall[NewSession]) -> Any:
    """POST /api/sessions: begin a conversation."""
    title = None if isinstance(call.body.title, UnsetType) else call.body.title
    made = local_chats.create_session(call.tx, project_path=call.body.project_path, title=title)
    return {"session": wire.session(made, [])}


@get("/api/sessions/last")
def last(call: LocalCall[None]) -> Any:
    """GET /api/sessions/last: the last changed conversation about a project."""
    path = call.query.text("projectPath")
    if path is None:
        raise Invalid.field("query.projectPath", "is required")
    return {"session": wire.session(*local_chats.last_session(call.tx, path))}


@get("/api/sessions/{id:str}", uuids=("id",))
def read(call: LocalCall[None]) -> Any:
    """GET /api/sessions/:id: a conversation with its messages."""
    return {"session": wire.session(*local_chats.read_session(call.tx, call.path["id"]))}


@delete("/api/sessions/{id:str}", uuids=("id",))
async def remove(call: LocalCall[None]) -> Any:
    """DELETE /api/sessions/:id: delete a conversation and stop the answer being written in it."""
    existed = await call.rt.db.run(local_chats.delete_session, call.path["id"])
    await call.rt.local.answers.stop(call.path["id"])
    return {"existed": existed}
