"""`/v1/chats/:id/runs`."""

from typing import Any

from asterism.faces.v1 import wire_chats
from asterism.faces.v1.call import Call, get
from asterism.features.talk import runs

STATES = ("queued", "running", "cancelling", "completed", "failed", "cancelled")


@get("/v1/chats/{chat_id:str}/runs")
def index(call: Call[None]) -> Any:
    """GET /v1/chats/:chatId/runs: the runs of a chat, newest first."""
    status: Any = call.query.choice("status", ("active", *STATES))
    found = runs.list_runs(
        call.tx,
        call.rt.streams,
        call.caller,
        call.path["chat_id"],
        statuses=None if status is None else runs.ACTIVE if status == "active" else (status,),
        limit=call.query.limit(default=50, maximum=200),
        before=call.query.text("before"),
    )
    return {"runs": [wire_chats.run(view, whole=False) for view in found]}
