"""`/v1/workspaces/:workspaceId/drift`: how far a workspace and a source are apart (Fastest 4.5 to 4.7)."""

from typing import Annotated, Literal, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.asgi.answers import Created
from asterism.base.errors import Invalid
from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.wire_drift import DriftReport
from asterism.features.versions import drift, sync
from asterism.features.versions.drift import Numbers, OtherProject
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


class Unsaved(msgspec.Struct):
    """Whether unsaved work counts."""

    include_dirty: bool = False


class Analysis(msgspec.Struct, kw_only=True):
    """What drift means; `can_auto_sync` says that a sync would need no decision."""

    source_changes_summary: str
    workspace_changes_summary: str
    risk_level: Literal["low", "medium", "high"]
    risk_explanation: str
    can_auto_sync: bool
    recommendation: str
    analyzed_at: str

    @classmethod
    def of(cls, found: sync.Analysis) -> Self:
        """Write an analysis."""
        return copied(cls, found)


class Analyzed(msgspec.Struct, kw_only=True):
    """An analysis; `error` says why there is none."""

    analysis: Analysis | None
    error: str | UnsetType = UNSET


@post("/v1/workspaces/{workspace_id:str}/drift", errors=(UnknownWorkspace, Invalid))
def report(call: Call, workspace_id: str, body: NewReport) -> Created[NewReportAnswer]:
    """POST /v1/workspaces/:workspaceId/drift: keep what a client counted."""
    numbers = Numbers(
        body.files_added, body.files_modified, body.files_deleted, body.bytes_changed, summary=body.summary
    )
    made = drift.report_drift(call.tx, call.caller, workspace_id, numbers)
    return Created(NewReportAnswer(DriftReport.of(made, call.tx.now())))


@get("/v1/workspaces/{workspace_id:str}/drift", errors=(UnknownWorkspace,))
def index(call: Call, workspace_id: str, query: Paging) -> Reports:
    """GET /v1/workspaces/:workspaceId/drift: the reports, newest first."""
    page, latest = drift.list_reports(call.tx, call.caller, workspace_id, limit=query.limit, cursor=query.cursor)
    now = call.tx.now()
    return Reports(
        [DriftReport.of(one, now) for one in page.items],
        None if latest is None else DriftReport.of(latest, now),
        page.next_cursor,
    )


@get("/v1/workspaces/{workspace_id:str}/drift/compare", errors=(UnknownWorkspace, OtherProject))
async def compare(call: Call, workspace_id: str, query: Compared) -> Comparison:
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


@post("/v1/workspaces/{workspace_id:str}/drift/analyze", errors=(UnknownWorkspace,))
async def analyze(call: Call, workspace_id: str, query: Unsaved) -> Analyzed:
    """POST /v1/workspaces/:workspaceId/drift/analyze: say what drift from main means, and what a sync would come to."""
    rt, dirty = call.rt, query.include_dirty
    found = await sync.analyze(rt.db, rt.blobs, rt.advisor, call.caller, workspace_id, include_dirty=dirty)
    if isinstance(found, str):
        return Analyzed(analysis=None, error=found)
    return Analyzed(analysis=Analysis.of(found))
