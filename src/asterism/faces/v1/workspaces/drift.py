"""`/v1/workspaces/:workspaceId/drift`: how far a workspace and a source are apart (Fastest 4.5, 4.6)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.asgi.answers import Created
from asterism.base.errors import Invalid
from asterism.faces.v1.call import Call, get, post
from asterism.features.versions import drift
from asterism.features.versions.drift import TOP_OVERLAPS, Numbers, OtherProject
from asterism.features.versions.workspaces import UnknownWorkspace


class NewReport(msgspec.Struct):
    """What a client counted."""

    files_added: int
    files_modified: int
    files_deleted: int
    bytes_changed: int
    summary: str | None = None


class Paging(msgspec.Struct):
    """Which page of the reports."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 10
    cursor: str | None = None


class Compared(msgspec.Struct):
    """With which workspace to compare (default: main), and whether unsaved work counts."""

    source_workspace_id: str | None = None
    include_dirty: bool = False


class DriftReport(msgspec.Struct, kw_only=True):
    """A report of drift, with what follows from it."""

    id: str
    workspace_id: str
    source_workspace_id: str
    workspace_snapshot_id: str | None
    source_snapshot_id: str | None
    source_only: Sequence[str]
    workspace_only: Sequence[str]
    both_same: Sequence[str]
    both_different: Sequence[str]
    files_added: int
    files_modified: int
    files_deleted: int
    bytes_changed: int
    summary: str | None
    reported_at: str
    compared_at: str
    total_drift_files: int
    has_overlaps: bool
    overlap_ratio: float
    risk_level: Literal["low", "medium", "high"]
    staleness_hours: float
    top_overlap_files: Sequence[str]
    counts_by_ext: Mapping[str, Mapping[str, int]]
    large_files_changed: bool | None
    origin: Literal["client", "compare"]

    @classmethod
    def of(cls, found: drift.Report, now: str) -> Self:
        """Write a report as it stands at `now`."""
        paths, kinds = found.paths, ("source_only", "workspace_only", "both_different")
        return cls(
            id=found.id,
            workspace_id=found.workspace_id,
            source_workspace_id=found.source_workspace_id,
            workspace_snapshot_id=found.workspace_snapshot_id,
            source_snapshot_id=found.source_snapshot_id,
            source_only=paths.source_only,
            workspace_only=paths.workspace_only,
            both_same=paths.both_same,
            both_different=paths.both_different,
            files_added=found.files_added,
            files_modified=found.files_modified,
            files_deleted=found.files_deleted,
            bytes_changed=found.bytes_changed,
            summary=found.summary,
            reported_at=found.reported_at,
            compared_at=found.compared_at,
            total_drift_files=found.total,
            has_overlaps=found.files_modified > 0,
            overlap_ratio=found.overlap_ratio,
            risk_level=found.risk,
            staleness_hours=found.staleness_hours(now),
            top_overlap_files=paths.both_different[:TOP_OVERLAPS],
            counts_by_ext={kind: paths.extensions.get(kind, {}) for kind in kinds},
            large_files_changed=found.large_files,
            origin=found.origin,
        )


class NewReportAnswer(msgspec.Struct):
    """The report as it was stored."""

    drift_report: DriftReport


class Reports(msgspec.Struct):
    """Reports, newest first, and the newest of all."""

    drift_reports: list[DriftReport]
    latest: DriftReport | None
    next_cursor: str | None


class Source(msgspec.Struct):
    """The workspace that was compared with."""

    id: str
    name: str


class Comparison(msgspec.Struct, kw_only=True):
    """What a comparison came to; `message` says why there is no drift to tell."""

    drift: DriftReport | None
    is_main_workspace: bool
    message: str | UnsetType = UNSET
    source_workspace: Source | UnsetType = UNSET


@post("/v1/workspaces/{workspace_id:str}/drift", errors=(UnknownWorkspace, Invalid))
def report(call: Call[None], workspace_id: str, body: NewReport) -> Created[NewReportAnswer]:
    """POST /v1/workspaces/:workspaceId/drift: keep what a client counted."""
    numbers = Numbers(
        body.files_added, body.files_modified, body.files_deleted, body.bytes_changed, summary=body.summary
    )
    made = drift.report_drift(call.tx, call.caller, workspace_id, numbers)
    return Created(NewReportAnswer(DriftReport.of(made, call.tx.now())))


@get("/v1/workspaces/{workspace_id:str}/drift", errors=(UnknownWorkspace,))
def index(call: Call[None], workspace_id: str, query: Paging) -> Reports:
    """GET /v1/workspaces/:workspaceId/drift: the reports, newest first."""
    page, latest = drift.list_reports(call.tx, call.caller, workspace_id, limit=query.limit, cursor=query.cursor)
    now = call.tx.now()
    return Reports(
        [DriftReport.of(one, now) for one in page.items],
        None if latest is None else DriftReport.of(latest, now),
        page.next_cursor,
    )


@get("/v1/workspaces/{workspace_id:str}/drift/compare", errors=(UnknownWorkspace, OtherProject))
async def compare(call: Call[None], workspace_id: str, query: Compared) -> Comparison:
    """GET /v1/workspaces/:workspaceId/drift/compare: compare it with another workspace, file by file."""
    found = await call.rt.db.run_read(
        lambda tx: drift.compare(
            tx, call.caller, workspace_id, query.source_workspace_id, include_dirty=query.include_dirty
        )
    )
    if found.fresh:
        found = await call.rt.db.run(drift.keep, call.caller, found)
    report, source = found.report, found.source
    return Comparison(
        drift=None if report is None else DriftReport.of(report, report.compared_at),
        is_main_workspace=found.is_main,
        message=UNSET if found.message is None else found.message,
        source_workspace=UNSET if source is None else Source(source.id, source.name),
    )
