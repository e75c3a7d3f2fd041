"""`/v1/projects/:projectId/snapshots`."""

from typing import Any

import msgspec

from asterism.asgi.answers import Created, Ok
from asterism.faces.v1 import wire
from asterism.faces.v1.call import Call, get, post
from asterism.features.versions import projects, snapshots, workspaces
from asterism.features.versions.snapshots import NewSnapshot, Source


class SnapshotToMake(msgspec.Struct):
    """A snapshot to register; `expected_head` is the workspace's head that it is based on, `""` for none yet."""

    manifest_hash: str
    snapshot_id: str | None = None
    parent_snapshot_ids: list[str] | None = None
    parent_snapshot_id: str | None = None
    workspace_id: str | None = None
    source: Source | None = None
    summary: str | None = None
    author_name: str | None = None
    author_email: str | None = None
    created_at: str | None = None
    expected_head: str | None = None
    origin: str | None = None

    def domain(self) -> NewSnapshot:
        """Return it as the domain knows it; a lone parent is a list of one."""
        parents = self.parent_snapshot_ids
        if parents is None:
            parents = [self.parent_snapshot_id] if self.parent_snapshot_id else []
        return NewSnapshot(
            manifest_hash=self.manifest_hash,
            id=self.snapshot_id,
            parents=tuple(parents),
            source=self.source or "cli",
            summary=self.summary,
            author_name=self.author_name,
            author_email=self.author_email,
            created_at=self.created_at,
            origin=self.origin,
        )


@post("/v1/projects/{project_id:str}/snapshots", body=SnapshotToMake)
def create(call: Call[SnapshotToMake]) -> Any:
    """POST /v1/projects/:projectId/snapshots: register a snapshot, idempotently."""
    pushed = workspaces.push_snapshot(
        call.tx,
        call.caller,
        call.path["project_id"],
        call.body.domain(),
        call.body.workspace_id,
        expected_head=call.body.expected_head,
    )
    body = {"snapshot": wire.snapshot(pushed.snapshot), "created": pushed.created}
    return (Created if pushed.created else Ok)(body)


@get("/v1/projects/{project_id:str}/snapshots")
def index(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/snapshots: the snapshots, newest registration first."""
    limit = call.query.limit(default=50, maximum=100)
    project = projects.get_project(call.tx, call.caller, call.path["project_id"])
    page = snapshots.list_snapshots(call.tx, call.caller, project, limit=limit, cursor=call.query.cursor())
    return {"snapshots": [wire.snapshot(found) for found in page.items], "next_cursor": page.next_cursor}
