"""`/v1/snapshots/:snapshotId`."""

from typing import Any

from asterism.faces.v1 import wire
from asterism.faces.v1.call import Call, get
from asterism.features.versions import snapshots


@get("/v1/snapshots/{snapshot_id:str}")
def read(call: Call[None]) -> Any:
    """GET /v1/snapshots/:snapshotId: a snapshot of the caller."""
    found = snapshots.get_snapshot(call.tx, call.caller, call.path["snapshot_id"], call.query.text("project_id"))
    return {"snapshot": wire.snapshot(found)}
