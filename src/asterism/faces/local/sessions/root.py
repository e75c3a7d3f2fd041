"""`/api/sessions`: list, make, read and delete conversations (Stargazer 4)."""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from asterism.faces.local.call import LocalCall, Uuid, delete, get, post
from asterism.faces.local.query import ProjectPage
from asterism.faces.local.wire import Session, SessionAnswer, SessionMetadata, given
from asterism.features.review import local_chats

BODY = 16 << 10


class NewSession(msgspec.Struct, rename="camel"):
    """A conversation to begin."""

    project_path: str
    title: str | UnsetType = UNSET


class OfProject(msgspec.Struct, rename="camel"):
    """Whose conversations."""

    project_path: str


class SessionsList(msgspec.Struct):
    """Conversations; `warnings` names those that cannot be read."""

    sessions: Sequence[SessionMetadata]
    warnings: Sequence[str]


class SessionDeleted(msgspec.Struct):
    """Whether it was there."""

    existed: bool


@get("/api/sessions")
def listing(call: LocalCall, query: ProjectPage) -> SessionsList:
    """GET /api/sessions: conversations, the last changed first."""
    found = local_chats.list_sessions(call.tx, query.project_path, limit=query.limit, offset=query.offset)
    return SessionsList([SessionMetadata.of(one) for one in found], [])


@post("/api/sessions", max_body=BODY)
def create(call: LocalCall, body: NewSession) -> SessionAnswer:
    """POST /api/sessions: begin a conversation."""
    made = local_chats.create_session(call.tx, project_path=body.project_path, title=given(body.title))
    return SessionAnswer(Session.of(made))


@get("/api/sessions/last", errors=(local_chats.UnknownSession,))
def last(call: LocalCall, query: OfProject) -> SessionAnswer:
    """GET /api/sessions/last: the last changed conversation about a project."""
    return SessionAnswer(Session.of(*local_chats.last_session(call.tx, query.project_path)))


@get("/api/sessions/{id:str}", errors=(local_chats.UnknownSession,))
def read(call: LocalCall, id: Uuid) -> SessionAnswer:
    """GET /api/sessions/:id: a conversation with its messages."""
    return SessionAnswer(Session.of(*local_chats.read_session(call.tx, id)))


@delete("/api/sessions/{id:str}")
async def remove(call: LocalCall, id: Uuid) -> SessionDeleted:
    """DELETE /api/sessions/:id: delete a conversation and stop the answer being written in it."""
    existed = await call.rt.db.run(local_chats.delete_session, id)
    await call.rt.local.answers.stop(id)
    return SessionDeleted(existed)
