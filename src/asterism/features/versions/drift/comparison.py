"""Comparing two stored trees, and storing what that came to only when it is new (Fastest 4.6)."""

from dataclasses import replace

from asterism.base import ids
from asterism.features.versions import project_log, storage, workspaces
from asterism.features.versions.drift import store
from asterism.features.versions.drift.measure import measure
from asterism.features.versions.drift.models import MAX_PATHS, Comparison, Report, Side, Sides
from asterism.features.versions.project_log import DriftChanged
from asterism.features.versions.projects import Project
from asterism.features.versions.workspaces import Workspace
from asterism.kernel.db import Tx

UNREADABLE = "A manifest of the two cannot be read."


def side_of(tx: Tx, project: Project, workspace: Workspace, *, include_dirty: bool) -> Side | None:
    """Return a side of a comparison: the head's tree, or the working tree; None for a workspace without one."""
    head = workspaces.head_manifest(tx, project, workspace)
    shown = workspaces.working_manifest(tx, project, workspace) if include_dirty else head
    if shown is None:
        return None
    dirty = shown != head and not (head is not None and storage.equal(tx, project.owner_user_id, head, shown))
    return Side(workspace, shown, None if dirty else workspace.current_snapshot_id)


def compare_sides(tx: Tx, sides: Sides) -> Comparison:
    """Compare two trees, or find that the newest stored comparison did."""
    project, ours, theirs = sides.project, sides.ours, sides.theirs
    workspace, source, now = ours.workspace, theirs.workspace, tx.now()
    trees = (ours.manifest_hash, theirs.manifest_hash)
    known = store.newest_comparison(tx, workspace.id, source.id)
    if known is not None and known[1] == trees:
        return Comparison(workspace.is_main, source, replace(known[0], compared_at=now))
    try:
        changes = storage.changes(tx, project.owner_user_id, *trees)
        measured = measure(changes, storage.unchanged_paths(tx, project.owner_user_id, *trees, most=MAX_PATHS))
    except storage.UnknownManifest:
        return Comparison(workspace.is_main, source, message=UNREADABLE)
    report = Report(
        id=ids.ulid(),
        workspace_id=workspace.id,
        source_workspace_id=source.id,
        workspace_snapshot_id=ours.snapshot_id,
        source_snapshot_id=theirs.snapshot_id,
        files_added=measured.added,
        files_modified=measured.modified,
        files_deleted=0,
        bytes_changed=measured.bytes,
        summary=None,
        reported_at=now,
        compared_at=now,
        origin="compare",
        large_files=measured.large_files,
        paths=measured.paths,
    )
    return Comparison(workspace.is_main, source, report, fresh=True, trees=trees)


def keep_report(
    tx: Tx, workspace: Workspace, report: Report, trees: tuple[str, str], *, actor: str = "system"
) -> Report:
    """Store a comparison of two trees unless the newest stored one is of the same; return the one that is stored.

    The row of the workspace, which the report is of, is held by the caller.
    """
    known = store.newest_comparison(tx, report.workspace_id, report.source_workspace_id)
    if known is not None and known[1] == trees:
        return replace(known[0], compared_at=report.compared_at)
    store.insert(tx, report, trees)
    tell_changed(tx, workspace, report, known[0] if known is not None else None, actor=actor)
    return report


def tell_changed(tx: Tx, workspace: Workspace, report: Report, before: Report | None, *, actor: str) -> None:
    """Tell that a workspace has drifted, unless it is as far as the report `before` said, or is not apart at all.

    What a client reports is told whenever something differs: it becomes an activity event (Fastest 0.10).
    """
    count = sum(report.counts)
    reported = report.origin == "client" and count > 0
    if not reported and report.counts == (before.counts if before is not None else (0, 0, 0)):
        return
    project_log.append(
        tx,
        workspace.project_id,
        DriftChanged(report.source_workspace_id or None, *report.counts, report.summary),
        title=f"“{workspace.name}” differs by {count} {'file' if count == 1 else 'files'}.",
        subject=("workspace", workspace.id),
        actor=actor,
        workspace_id=workspace.id,
    )
