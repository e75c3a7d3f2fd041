"""`GET /v1/runs/:id/events`: replay and follow a run."""

from typing import Any

from litestar import Response

from asterism.base.errors import Invalid
from asterism.faces.v1 import wire_chats
from asterism.faces.v1.call import Call, get
from asterism.faces.v1.chats.run import headers_of
from asterism.faces.v1.following import follow
from asterism.features.talk import runs

MAX_DIGITS = 15


@get("/v1/runs/{run_id:str}/events")
async def index(call: Call[None]) -> Any:
    """GET /v1/runs/:runId/events: the events after a cursor, then live ones until the run has ended."""
    after = cursor_of(call)
    run, head = await call.rt.db.run_read(runs.follow_run, call.rt.streams, call.caller, call.path["run_id"])
    if head.closed and head.last_seq <= after:
        return Response(None, status_code=204)
    frames = wire_chats.frames(call.rt.streams, run.stream, after)
    return follow(call, frames, headers_of(run))


def cursor_of(call: Call[None]) -> int:
    """Return the seq to go on after: of the Last-Event-ID header, else of `?after=`, else 0. Raises Invalid."""
    header = call.request.headers.get("last-event-id")
    text, name = (header, "Last-Event-ID") if header is not None else (call.query.text("after", "0"), "query.after")
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > MAX_DIGITS:
        raise Invalid.field(name, "must be a decimal integer of at least 0")
    return int(text)
