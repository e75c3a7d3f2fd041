"""`/v1/projects/:projectId/log`: everything that happens in a project (ours)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from asterism.asgi.answers import Events
from asterism.asgi.signature import Header
from asterism.base.errors import Invalid
from asterism.faces.v1.call import Call, get
from asterism.faces.v1.open_streams import follow
from asterism.faces.v1.runs import cursor_of
from asterism.faces.v1.wire_log import LogReset, ProjectLogEntry, ProjectLogEntryList, log_frames
from asterism.features.versions import project_log, projects
from asterism.kernel.db import Tx


class LogAsked(msgspec.Struct):
    """Which entries to read: those above a seq, of all kinds or of some (`turn.ended,sync.*`)."""

    after: Annotated[int, Meta(ge=0, lt=10**15)] = 0
    limit: Annotated[int, Meta(ge=1, le=500)] = 100
    kinds: str | None = None


class LogFollowed(msgspec.Struct):
    """The seq to go on after (the header Last-Event-ID wins), and the kinds to be told of."""

    after: str = "0"
    kinds: str | None = None


@get("/v1/projects/{project_id:str}/log")
def index(call: Call, project_id: str, query: LogAsked) -> ProjectLogEntryList:
    """GET /v1/projects/:projectId/log: what happened after a cursor, oldest first."""
    project = projects.get_project(call.tx, call.caller, project_id)
    kinds = kinds_of(query.kinds)
    page = project_log.read_log(call.tx, project.id, after=query.after, limit=query.limit, kinds=kinds)
    return ProjectLogEntryList([ProjectLogEntry.of(entry) for entry in page.entries], page.last_seq, page.reset)


@get("/v1/projects/{project_id:str}/log/stream")
async def stream(
    call: Call, project_id: str, query: LogFollowed, last_event_id: Annotated[str | None, Header("Last-Event-ID")]
) -> Events[ProjectLogEntry | LogReset]:
    """GET /v1/projects/:projectId/log/stream: what happens, from after a cursor on, as it happens."""
    after, kinds = cursor_of(last_event_id, query.after), kinds_of(query.kinds)

    def begin(tx: Tx) -> tuple[int, LogReset | None]:
        project = projects.get_project(tx, call.caller, project_id)
        head, reset = project_log.log_head(tx, project.id, after)
        return (head.floor, LogReset(head.last_seq)) if reset else (after, None)

    start, reset = await call.rt.db.run_read(begin)
    return follow(call, log_frames(call.rt.streams, project_id, start, kinds, reset), {})


def kinds_of(text: str | None) -> frozenset[str] | None:
    """Return the kinds that `?kinds=` names, None for all: names with commas between, `turn.*` for a family.

    Raises Invalid for a name that is none.
    """
    if not text:
        return None
    found: set[str] = set()
    for name in text.split(","):
        family = name.removesuffix("*")
        named = {kind for kind in project_log.KINDS if kind == name or (family != name and kind.startswith(family))}
        if not named or (family != name and not family.endswith(".")):
            raise Invalid.field("query.kinds", f"names a kind that does not exist: {name}")
        found |= named
    return frozenset(found)
