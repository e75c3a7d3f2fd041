"""`/v1/projects/:projectId/snapshots`."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from asterism.asgi.answers import Created, Ok
from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.wire import PageOf50, Snapshot, SnapshotPage
from asterism.features.versions import projects, snapshots, storage, workspaces
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


MOST_AT_ONCE: Final = 500


class SnapshotOfHistory(msgspec.Struct):
    """A snapshot of a history that is imported, as `POST …/snapshots` takes it; its id makes repeating it harmless."""

    snapshot_id: str
    manifest_hash: str
    parent_snapshot_ids: list[str] = msgspec.field(default_factory=list)
    workspace_id: str | None = None
    summary: str | None = None
    author_name: str | None = None
    author_email: str | None = None
    created_at: str | None = None
    origin: str | None = None

    def domain(self) -> workspaces.Step:
        """Return it as the domain knows it."""
        new = NewSnapshot(
            manifest_hash=self.manifest_hash,
            id=self.snapshot_id,
            parents=tuple(self.parent_snapshot_ids),
            source="import",
            summary=self.summary,
            author_name=self.author_name,
            author_email=self.author_email,
            created_at=self.created_at,
            origin=self.origin,
        )
        return workspaces.Step(self.snapshot_id, new, self.workspace_id)


class History(msgspec.Struct):
    """Snapshots, parents first. The last new one of a workspace becomes its head."""

    snapshots: Annotated[list[SnapshotOfHistory], Meta(max_length=MOST_AT_ONCE)]


class RegisteredHistory(msgspec.Struct):
    """The ids of those that were not registered before, in their order."""

    created: list[str]


class RegisteredSnapshot(msgspec.Struct):
    """The snapshot; `created` is false where the request was a repetition."""

    snapshot: Snapshot
    created: bool


@post(
    "/v1/projects/{project_id:str}/snapshots",
    errors=(workspaces.HeadMoved, storage.ManifestNotFound, snapshots.SnapshotDiffers),
)
def create(call: Call, project_id: str, body: SnapshotToMake) -> Created[RegisteredSnapshot] | Ok[RegisteredSnapshot]:
    """POST /v1/projects/:projectId/snapshots: register a snapshot, idempotently."""
    pushed = workspaces.push_snapshot(
        call.tx,
        call.caller,
        project_id,
        body.domain(),
        body.workspace_id,
        expected_head=body.expected_head,
    )
    answer = RegisteredSnapshot(Snapshot.of(pushed.snapshot), pushed.created)
    return Created(answer) if pushed.created else Ok(answer)


@post("/v1/projects/{project_id:str}/snapshots/batch", errors=(storage.ManifestNotFound, snapshots.SnapshotDiffers))
def batch(call: Call, project_id: str, body: History) -> RegisteredHistory:
    """POST /v1/projects/:projectId/snapshots/batch: register a history, all of it or nothing (Ours)."""
    steps = [one.domain() for one in body.snapshots]
    made = workspaces.push_history(call.tx, call.caller, project_id, steps)
    return RegisteredHistory([step.id for step in steps if step.id in made])


@get("/v1/projects/{project_id:str}/snapshots")
def index(call: Call, project_id: str, query: PageOf50) -> SnapshotPage:
    """GET /v1/projects/:projectId/snapshots: the snapshots, newest registration first."""
    project = projects.get_project(call.tx, call.caller, project_id)
    page = snapshots.list_snapshots(call.tx, call.caller, project, limit=query.limit, cursor=query.cursor or None)
    return SnapshotPage([Snapshot.of(found) for found in page.items], page.next_cursor)
