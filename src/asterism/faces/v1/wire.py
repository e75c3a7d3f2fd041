"""The objects of projects, workspaces and snapshots as `/v1` answers them: the union of both contracts' fields."""

from collections.abc import Sequence
from typing import Annotated, Any, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.faces.shapes import copied
from asterism.faces.v1.wire_drift import DriftReport
from asterism.features.versions import drift, project_log, projects, snapshots, sync, workspaces
from asterism.kernel.db import Tx


class Done(msgspec.Struct):
    """It is done; `success` is always true."""

    success: bool = True


class Empty(msgspec.Struct):
    """An object of which no field is known."""


class Project(msgspec.Struct):
    """A project (Fastest 3.1); `brief` is an object or a text."""

    id: str
    owner_user_id: str
    name: str
    intent: str | None
    brief: Any
    created_at: str
    updated_at: str
    last_snapshot_id: str | None
    main_workspace_id: str | None
    archived_at: str | None

    @classmethod
    def of(cls, found: projects.Project) -> Self:
        """Write a project."""
        return copied(cls, found)


class LastMerge(msgspec.Struct):
    """The newest sync from one workspace that was not undone."""

    last_merged_snapshot: str
    merged_at: str


class Workspace(msgspec.Struct):
    """A workspace (Fastest 4.1); `merge_history` is by the workspaces that were merged into it."""

    id: str
    project_id: str
    name: str
    type: str
    identifier: str
    machine_id: str | None
    base_snapshot_id: str | None
    current_snapshot_id: str | None
    current_manifest_hash: str | None
    local_path: str | None
    last_seen_at: str | None
    created_at: str
    merge_history: dict[str, LastMerge] | None
    version: int
    is_main: bool
    dirty: bool

    @classmethod
    def of(cls, found: workspaces.Workspace, merges: Sequence[sync.Sync] = ()) -> Self:
        """Write a workspace; `merges` are its standing syncs, one of each source."""
        return copied(
            cls,
            found,
            merge_history={
                one.source_workspace_id: LastMerge(one.source_snapshot_id, one.executed_at) for one in merges
            }
            or None,
        )


class WorkspaceWithDrift(Workspace):
    """A workspace with its latest drift report, which is null as long as there is none."""

    drift: DriftReport | None = None


def workspaces_of(tx: Tx, found: Sequence[workspaces.Workspace]) -> list[Workspace]:
    """Write workspaces with what was merged into them."""
    merges = sync.merge_histories(tx, [one.id for one in found])
    return [Workspace.of(one, merges.get(one.id, ())) for one in found]


def with_drift(tx: Tx, found: Sequence[workspaces.Workspace]) -> list[WorkspaceWithDrift]:
    """Write workspaces with what was merged into them and their latest drift reports."""
    names = [one.id for one in found]
    merges, reports = sync.merge_histories(tx, names), latest_drift(tx, names)
    written = [WorkspaceWithDrift.of(one, merges.get(one.id, ())) for one in found]
    for one in written:
        one.drift = reports.get(one.id)
    return written


def latest_drift(tx: Tx, workspace_ids: Sequence[str]) -> dict[str, DriftReport]:
    """Write the latest drift report of each workspace that has one, by workspace."""
    now = tx.now()
    return {name: DriftReport.of(report, now) for name, report in drift.latest_reports(tx, workspace_ids).items()}


class Snapshot(msgspec.Struct):
    """A snapshot (Fastest 6.1); `origin` is absent unless the client told one."""

    id: str
    project_id: str
    workspace_id: str | None
    manifest_hash: str
    parent_snapshot_ids: Sequence[str]
    parent_snapshot_id: str | None
    source: str
    summary: str | None
    created_at: str
    author_name: str
    author_email: str
    complete: bool
    missing_blob_count: int
    fast_forward: bool | None
    origin: str | UnsetType = UNSET

    @classmethod
    def of(cls, found: snapshots.Snapshot) -> Self:
        """Write a snapshot."""
        return copied(
            cls,
            found,
            parent_snapshot_ids=found.parents,
            parent_snapshot_id=found.parents[0] if found.parents else None,
            complete=found.missing == 0,
            missing_blob_count=found.missing,
            origin=UNSET if found.origin is None else found.origin,
        )


class Event(msgspec.Struct):
    """Something that happened in a project (Fastest 0.10)."""

    id: str
    project_id: str
    workspace_id: str | None
    actor: str
    type: str
    snapshot_id: str | None
    message: str | None
    created_at: str

    @classmethod
    def of(cls, found: project_log.ActivityEvent) -> Self:
        """Write an activity event."""
        return copied(cls, found)


class ProjectAnswer(msgspec.Struct):
    """A project."""

    project: Project


class WorkspaceAnswer(msgspec.Struct):
    """A workspace."""

    workspace: Workspace


class SnapshotAnswer(msgspec.Struct):
    """A snapshot."""

    snapshot: Snapshot


class SnapshotPage(msgspec.Struct):
    """A page of snapshots; `next_cursor` is null on the last one."""

    snapshots: list[Snapshot]
    next_cursor: str | None


class PageOf50(msgspec.Struct):
    """Which page to read."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    cursor: str | None = None
