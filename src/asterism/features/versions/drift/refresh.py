"""Keeping the drift of a project's workspaces from main up to date, though nobody asks (Fastest 12.1)."""

from asterism.features.versions import projects, workspaces
from asterism.features.versions.drift.comparison import compare_sides, keep_report, side_of
from asterism.features.versions.drift.models import Comparison, Sides
from asterism.features.versions.projects import Project
from asterism.kernel.db import Database, Tx

FOLLOWER = "drift"
BEHIND_AT_ONCE = 500


def refresh(db: Database, project_id: str) -> int:
    """Compare the head of each workspace with main's and keep what is new; return how much. For a worker thread."""
    with db.read() as tx:
        project = projects.find_live(tx, project_id)
        if project is None:
            return 0
        live = workspaces.all_live(tx, project)
        found = _compared(tx, project)
    kept = sum(_keep(db, project_id, comparison) for comparison in found if comparison.fresh)
    with db.write() as tx:
        workspaces.follow(tx, FOLLOWER, {one.id: one.version for one in live})
    return kept


def behind(tx: Tx) -> list[str]:
    """Return projects whose workspaces moved since they were refreshed last."""
    return workspaces.projects_behind(tx, FOLLOWER, limit=BEHIND_AT_ONCE)


def _compared(tx: Tx, project: Project) -> list[Comparison]:
    main = workspaces.main_of(tx, project)
    theirs = side_of(tx, project, main, include_dirty=False) if main else None
    if main is None or theirs is None:
        return []
    others = [one for one in workspaces.all_live(tx, project) if one.id != main.id]
    sides = [side_of(tx, project, one, include_dirty=False) for one in others]
    return [compare_sides(tx, Sides(project, ours, theirs)) for ours in sides if ours is not None]


def _keep(db: Database, project_id: str, found: Comparison) -> bool:
    """Keep a comparison if its workspace is still there; say whether it was news."""
    report, trees = found.report, found.trees
    if report is None or trees is None:
        return False
    with db.write() as tx:
        project = projects.find_live(tx, project_id)
        if project is None:
            return False
        workspace = workspaces.find_live(tx, project, report.workspace_id, lock=True)
        return workspace is not None and keep_report(tx, workspace, report, trees).id == report.id
