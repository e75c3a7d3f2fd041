"""`/v1/snapshots/:snapshotId`."""

import msgspec

from asterism.faces.v1.call import Call, get
from asterism.faces.v1.wire import Snapshot, SnapshotAnswer
from asterism.features.versions import snapshots


class InProject(msgspec.Struct):
    """The project that the snapshot is in; an id may exist in several."""

    project_id: str | None = None


@get("/v1/snapshots/{snapshot_id:str}")
def read(call: Call, snapshot_id: str, query: InProject) -> SnapshotAnswer:
    """GET /v1/snapshots/:snapshotId: a snapshot of the caller."""
    return SnapshotAnswer(Snapshot.of(snapshots.get_snapshot(call.tx, call.caller, snapshot_id, query.project_id)))
