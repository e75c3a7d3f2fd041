"""Use cases of drift."""

from collections.abc import Sequence
from dataclasses import replace

from asterism.base import ids
from asterism.base.clock import shift
from asterism.base.errors import Invalid
from asterism.base.pagination import Page, decode_cursor, encode_cursor
from asterism.features.accounts.identity import Caller
from asterism.features.versions import workspaces
from asterism.features.versions.drift import store
from asterism.features.versions.drift.comparison import compare_sides, keep_report, side_of, tell_changed
from asterism.features.versions.drift.errors import OtherProject
from asterism.features.versions.drift.models import (
    KEPT_DAYS,
    KEPT_REPORTS,
    MAX_SUMMARY,
    Comparison,
    MainDrift,
    Numbers,
    Report,
    Sides,
)
from asterism.features.versions.projects import Project
from asterism.features.versions.workspaces import Workspace
from asterism.kernel.db import Tx

PRUNED_AT_ONCE = 500
LARGEST_NUMBER = 2**53 - 1


def report_drift(tx: Tx, caller: Caller, workspace_id: str, numbers: Numbers) -> Report:
    """Keep what a client says about a workspace (Fastest 4.5). Raises UnknownWorkspace or Invalid."""
    for name in ("files_added", "files_modified", "files_deleted", "bytes_changed"):
        most = LARGEST_NUMBER if name == "bytes_changed" else 2**31 - 1
        if not 0 <= getattr(numbers, name) <= most:
            raise Invalid.field(name, f"must be from 0 to {most}")
    if len(numbers.summary or "") > MAX_SUMMARY:
        raise Invalid.field("summary", f"must have at most {MAX_SUMMARY} characters")
    workspace, _ = workspaces.workspace_and_project(tx, caller, workspace_id)
    workspaces.note_seen(tx, workspace.id)
    now = tx.now()
    report = Report(
        id=ids.ulid(),
        workspace_id=workspace.id,
        source_workspace_id="",
        workspace_snapshot_id=None,
        source_snapshot_id=None,
        files_added=numbers.files_added,
        files_modified=numbers.files_modified,
        files_deleted=numbers.files_deleted,
        bytes_changed=numbers.bytes_changed,
        summary=numbers.summary,
        reported_at=now,
        compared_at=now,
        origin="client",
    )
    before = latest_reports(tx, [workspace.id]).get(workspace.id)
    store.insert(tx, report)
    tell_changed(tx, workspace, report, before, actor=caller.client)
    return report


def list_reports(
    tx: Tx, caller: Caller, workspace_id: str, *, limit: int, cursor: str | None
) -> tuple[Page[Report], Report | None]:
    """Return reports of a workspace, newest first, and the newest of all. Raises UnknownWorkspace or Invalid."""
    workspace, _ = workspaces.workspace_and_project(tx, caller, workspace_id)
    scope = f"drift:{workspace.id}"
    before = decode_cursor(scope, cursor, tuple[str])[0] if cursor else None
    found = store.of_workspace(tx, workspace.id, limit=limit + 1, before=before)
    page = found[:limit]
    following = encode_cursor(scope, [page[-1].id]) if len(found) > limit else None
    return Page(page, following), latest_reports(tx, [workspace.id]).get(workspace.id)


def latest_reports(tx: Tx, workspace_ids: Sequence[str]) -> dict[str, Report]:
    """Return the newest report of each workspace that has one, by workspace."""
    return {report.workspace_id: report for report in store.latest(tx, workspace_ids)}


def drift_from_main(tx: Tx, user_id: str, workspace_id: str | None = None) -> list[MainDrift]:
    """Return which live workspaces of a user (or only the one named) are apart from their main, by newest report."""
    return store.from_main(tx, user_id, workspace_id)


def compare(
    tx: Tx, caller: Caller, workspace_id: str, source_id: str | None = None, *, include_dirty: bool = False
) -> Comparison:
    """Compare a workspace with a source, main unless another is named (Fastest 4.6); reads only.

    A `fresh` answer is to be kept with `keep`. Raises UnknownWorkspace or OtherProject.
    """
    found = find_sides(tx, caller, workspace_id, source_id, include_dirty=include_dirty)
    return found if isinstance(found, Comparison) else compare_sides(tx, found)


def find_sides(
    tx: Tx, caller: Caller, workspace_id: str, source_id: str | None = None, *, include_dirty: bool = False
) -> Sides | Comparison:
    """Return the two trees that are to be compared, or why there is nothing to compare.

    Raises UnknownWorkspace or OtherProject.
    """
    workspace, project = workspaces.workspace_and_project(tx, caller, workspace_id)
    source = find_source(tx, caller, workspace, project, source_id)
    if source is None:
        return Comparison(workspace.is_main, message="The project has no main workspace to compare with.")
    if source.id == workspace.id:
        message = "This is the main workspace." if source_id is None else "A workspace does not drift from itself."
        return Comparison(workspace.is_main, source, message=message)
    ours, theirs = (side_of(tx, project, one, include_dirty=include_dirty) for one in (workspace, source))
    if ours is None or theirs is None:
        empty = workspace if ours is None else source
        return Comparison(workspace.is_main, source, message=f"The workspace {empty.name} has no tree yet.")
    return Sides(project, ours, theirs)


def newest_comparison_id(tx: Tx, workspace_id: str, source_id: str) -> str | None:
    """Return the id of the newest stored comparison of two workspaces, None where they were never compared."""
    known = store.newest_comparison(tx, workspace_id, source_id)
    return known[0].id if known else None


def find_source(
    tx: Tx, caller: Caller, workspace: Workspace, project: Project, source_id: str | None
) -> Workspace | None:
    """Return the named source, else main, None where there is none. Raises UnknownWorkspace or OtherProject."""
    if source_id is None:
        return workspaces.main_of(tx, project)
    source, _ = workspaces.workspace_and_project(tx, caller, source_id)
    if source.project_id != workspace.project_id:
        raise OtherProject
    return source


def keep(tx: Tx, caller: Caller, found: Comparison) -> Comparison:
    """Store a fresh comparison, unless somebody stored the same one meanwhile; return it as it is stored.

    Raises UnknownWorkspace when the workspace is gone.
    """
    if found.report is None or found.trees is None:
        return found
    workspace, _ = workspaces.workspace_and_project(tx, caller, found.report.workspace_id, lock=True)
    kept = keep_report(tx, workspace, found.report, found.trees, actor=caller.client)
    return replace(found, report=kept, fresh=False)


def prune_reports(tx: Tx) -> int:
    """Remove a batch of reports that are kept no longer; return how many. For the retention job (Fastest 12.6)."""
    before = shift(tx.now(), seconds=-KEPT_DAYS * 86_400)
    return store.prune(tx, before, keep=KEPT_REPORTS, limit=PRUNED_AT_ONCE)
