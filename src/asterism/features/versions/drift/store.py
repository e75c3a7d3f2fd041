"""SQL of drift. The lists of paths are one packed column: a row of a large tree would be megabytes otherwise."""

import zlib
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from asterism.features.versions.drift.models import Paths, Report
from asterism.features.versions.drift.tables import drift_reports as reports
from asterism.kernel.db import RowDict, Tx

_OWN = ("workspace_manifest_hash", "source_manifest_hash")


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
