"""SQL of drift. The lists of paths are one packed column: a row of a large tree would be megabytes otherwise."""

import zlib
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from asterism.features.versions.drift.models import MainDrift, Paths, Report
from asterism.features.versions.drift.tables import drift_reports as reports
from asterism.kernel.db import RowDict, Tx

_OWN = ("workspace_manifest_hash", "source_manifest_hash")
_projects = sa.table(
    "projects",
    sa.column("id"),
    sa.column("owner_user_id"),
    sa.column("main_workspace_id"),
    sa.column("deleted_at"),
)
_workspaces = sa.table("workspaces", sa.column("id"), sa.column("project_id"), sa.column("deleted_at"))


def insert(tx: Tx, report: Report, trees: tuple[str, str] | None = None) -> None:
    """Add a report; `trees` are the manifests of workspace and source that a comparison stands for."""
    values = {name: getattr(report, name) for name in Report.__slots__ if name not in {"compared_at", "paths"}}
    packed = None if trees is None else zlib.compress(msgspec.msgpack.encode(report.paths), 1)
    ours, source = trees or (None, None)
    tx.execute(
        sa.insert(reports).values(
            values | {"paths": packed, "workspace_manifest_hash": ours, "source_manifest_hash": source}
        )
    )


def of_workspace(tx: Tx, workspace_id: str, *, limit: int, before: str | None = None) -> list[Report]:
    """Return reports of a workspace, newest first, older than the one with the id `before`."""
    query = sa.select(reports).where(reports.c.workspace_id == workspace_id)
    if before is not None:
        query = query.where(reports.c.id < before)
    return [_report(row) for row in tx.all(query.order_by(reports.c.id.desc()).limit(limit))]


def latest(tx: Tx, workspace_ids: Sequence[str]) -> list[Report]:
    """Return the newest report of each workspace that has one."""
    newest = (
        sa.select(sa.func.max(reports.c.id))
        .where(reports.c.workspace_id.in_(workspace_ids))
        .group_by(reports.c.workspace_id)
    )
    return [_report(row) for row in tx.all(sa.select(reports).where(reports.c.id.in_(newest)))]


def newest_comparison(tx: Tx, workspace_id: str, source_id: str) -> tuple[Report, tuple[str, str]] | None:
    """Return the newest comparison of a workspace with a source, and the two manifests it stands for."""
    row = tx.one(
        sa.select(reports)
        .where(
            reports.c.workspace_id == workspace_id,
            reports.c.source_workspace_id == source_id,
            reports.c.origin == "compare",
        )
        .order_by(reports.c.id.desc())
        .limit(1)
    )
    return None if row is None else (_report(row), (row[_OWN[0]], row[_OWN[1]]))


def from_main(tx: Tx, user_id: str, workspace_id: str | None) -> list[MainDrift]:
    """Return what the newest report about main says of each live workspace of a user, where that is any drift."""
    about_main = sa.or_(reports.c.origin == "client", reports.c.source_workspace_id == _projects.c.main_workspace_id)
    newest = (
        sa.select(sa.func.max(reports.c.id))
        .join(_workspaces, _workspaces.c.id == reports.c.workspace_id)
        .join(_projects, _projects.c.id == _workspaces.c.project_id)
        .where(_projects.c.owner_user_id == user_id, _projects.c.main_workspace_id != reports.c.workspace_id)
        .where(_projects.c.deleted_at.is_(None), _workspaces.c.deleted_at.is_(None), about_main)
        .group_by(reports.c.workspace_id)
    )
    if workspace_id is not None:
        newest = newest.where(reports.c.workspace_id == workspace_id)
    wanted = [reports.c[name] for name in (*MainDrift.__slots__[:-1], *_OWN)]
    rows = tx.all(
        sa.select(*wanted).where(reports.c.id.in_(newest), reports.c.files_added + reports.c.files_modified > 0)
    )
    return [_main_drift(row) for row in rows]


def _main_drift(row: RowDict) -> MainDrift:
    trees = [row.pop(name) for name in _OWN]
    counts = [str(row[name]) for name in ("files_added", "files_modified", "files_deleted")]
    about = trees if row["origin"] == "compare" else counts  # a client names no trees
    return MainDrift(**row, fingerprint=":".join(about))


def prune(tx: Tx, before: str, *, keep: int, limit: int) -> int:
    """Remove up to `limit` reports: those beyond a workspace's newest `keep`, and old ones but for the newest."""
    place = sa.func.row_number().over(partition_by=reports.c.workspace_id, order_by=reports.c.id.desc())
    numbered = sa.select(reports.c.id, reports.c.reported_at, place.label("place")).subquery()
    over = (
        sa.select(numbered.c.id)
        .where(numbered.c.place > 1, sa.or_(numbered.c.place > keep, numbered.c.reported_at < before))
        .limit(limit)
    )
    return tx.execute(sa.delete(reports).where(reports.c.id.in_(over))).rowcount


def _report(row: RowDict) -> Report:
    values: dict[str, Any] = {name: value for name, value in row.items() if name not in _OWN}
    packed = values.pop("paths")
    paths = Paths() if packed is None else msgspec.msgpack.decode(zlib.decompress(packed), type=Paths)
    large = values["large_files"]
    return Report(
        **(values | {"large_files": None if large is None else bool(large)}),
        compared_at=values["reported_at"],
        paths=paths,
    )
