"""`/v1/runs/:id`."""

from typing import Any

from asterism.faces.v1 import wire_chats
from asterism.faces.v1.call import Call, get
from asterism.features.talk import runs


@get("/v1/runs/{run_id:str}")
def read(call: Call[None]) -> Any:
    """GET /v1/runs/:runId: one run with its text so far and everything that was given to the model."""
    return {"run": wire_chats.run(runs.view_run(call.tx, call.rt.streams, call.caller, call.path["run_id"]))}
