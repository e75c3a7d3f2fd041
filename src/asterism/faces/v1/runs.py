"""`/v1/runs`: one run, and its events to replay and follow."""

from typing import Annotated

import msgspec

from asterism.asgi.answers import Events, NoContent
from asterism.asgi.signature import Header
from asterism.base.errors import Invalid
from asterism.faces.v1.call import Call, get
from asterism.faces.v1.open_streams import RUN_HEADERS, follow, headers_of
from asterism.faces.v1.wire_chats import Run, frames
from asterism.features.talk import runs

MAX_DIGITS = 15


class RunAnswer(msgspec.Struct):
    """A run."""

    run: Run


class After(msgspec.Struct):
    """The seq to go on after; the header Last-Event-ID wins."""

    after: str = "0"


@get("/v1/runs/{run_id:str}")
def read(call: Call, run_id: str) -> RunAnswer:
    """GET /v1/runs/:runId: one run with its text so far and everything that was given to the model."""
    return RunAnswer(Run.of(runs.view_run(call.tx, call.rt.streams, call.caller, run_id), whole=True))


@get("/v1/runs/{run_id:str}/events", headers=RUN_HEADERS, errors=(runs.EventsExpired,))
async def events(
    call: Call, run_id: str, query: After, last_event_id: Annotated[str | None, Header("Last-Event-ID")]
) -> Events[runs.RunEvent] | NoContent:
    """GET /v1/runs/:runId/events: the events after a cursor, then live ones until the run has ended."""
    after = cursor_of(last_event_id, query.after)
    run, head = await call.rt.db.run_read(runs.follow_run, call.rt.streams, call.caller, run_id)
    if head.closed and head.last_seq <= after:
        return NoContent()
    return follow(call, frames(call.rt.streams, run.stream, after), headers_of(run))


def cursor_of(header: str | None, after: str) -> int:
    """Return the seq to go on after: of the header, else of `?after=`. Raises Invalid."""
    text, name = (header, "Last-Event-ID") if header is not None else (after, "query.after")
    if not (text.isascii() and text.isdigit()) or len(text) > MAX_DIGITS:
        raise Invalid.field(name, "must be a decimal integer of at least 0")
    return int(text)
