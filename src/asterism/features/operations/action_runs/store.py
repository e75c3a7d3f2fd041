"""SQL of runs of action items."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from asterism.features.operations.action_runs.models import ActionRun, Check, Status, Values
from asterism.features.operations.action_runs.tables import action_item_runs as runs
from asterism.kernel.db import RowDict, Tx

# What lives is decided in the same query as the lookup.
_projects = sa.table("projects", sa.column("id"), sa.column("deleted_at"))
_workspaces = sa.table("workspaces", sa.column("id"), sa.column("deleted_at"))
ACTIVE = (Status.QUEUED, Status.RUNNING)


def insert(tx: Tx, run: ActionRun) -> None:
    """Add a run."""
    row = {name: getattr(run, name) for name in ActionRun.__slots__}
    tx.execute(sa.insert(runs).values(row | {"checks": _encoded(run.checks)}))


def update(tx: Tx, run_id: str, values: Values) -> None:
    """Change a run."""
    row = values | {"updated_at": tx.now()}
    if "checks" in row:
        row["checks"] = _encoded(row["checks"])
    tx.execute(sa.update(runs).where(runs.c.id == run_id).values(row))


def find(tx: Tx, run_id: str, *, lock: bool = False) -> ActionRun | None:
    """Return a run, anybody's; `lock` holds its row."""
    query = sa.select(runs).where(runs.c.id == run_id)
    row = tx.one(query.with_for_update() if lock else query)
    return None if row is None else _run(row)


def of_item(tx: Tx, item_id: str, limit: int, statuses: Sequence[Status] | None = None) -> list[ActionRun]:
    """Return the newest runs of an item, of some statuses or all."""
    query = sa.select(runs).where(runs.c.item_id == item_id)
    if statuses is not None:
        query = query.where(runs.c.status.in_(statuses))
    rows = tx.all(query.order_by(runs.c.created_at.desc(), runs.c.id.desc()).limit(limit))
    return [_run(row) for row in rows]


def waiting(tx: Tx, limit: int) -> list[ActionRun]:
    """Return runs that no process has, oldest first."""
    query = sa.select(runs).where(runs.c.status.in_(ACTIVE), runs.c.hosted.is_(False))
    return [_run(row) for row in tx.all(query.order_by(runs.c.created_at, runs.c.id).limit(limit))]


def count_hosted(tx: Tx, user_id: str) -> int:
    """Return how many runs of a user processes have."""
    mine = (runs.c.owner_user_id == user_id, runs.c.hosted.is_(True))
    return int(tx.scalar(sa.select(sa.func.count()).select_from(runs).where(*mine)))


def hosted(tx: Tx) -> list[ActionRun]:
    """Return the runs that processes have."""
    return [_run(row) for row in tx.all(sa.select(runs).where(runs.c.hosted.is_(True)))]


def orphans(tx: Tx) -> list[ActionRun]:
    """Return runs under way whose workspace or project was deleted."""
    query = (
        sa.select(runs)
        .outerjoin(_workspaces, _workspaces.c.id == runs.c.workspace_id)
        .outerjoin(_projects, _projects.c.id == runs.c.project_id)
        .where(runs.c.status.in_(ACTIVE))
        .where(
            sa.or_(
                _workspaces.c.id.is_(None),
                _projects.c.id.is_(None),
                _workspaces.c.deleted_at.is_not(None),
                _projects.c.deleted_at.is_not(None),
            )
        )
    )
    return [_run(row) for row in tx.all(query)]


def manifests(tx: Tx, user_id: str) -> set[str]:
    """Return the trees that runs of a user began on and made, which keeps them from being collected."""
    columns = (runs.c.base_manifest_hash, runs.c.result_manifest_hash, runs.c.applied_manifest_hash)
    rows = tx.all(sa.select(*columns).where(runs.c.owner_user_id == user_id))
    return {name for row in rows for name in row.values() if name is not None}


def _encoded(checks: Sequence[Check]) -> str:
    return msgspec.json.encode(checks).decode()


def _run(row: RowDict) -> ActionRun:
    checks = tuple(msgspec.json.decode(row["checks"], type=list[Check]))
    values = row | {"status": Status(row["status"]), "checks": checks, "hosted": bool(row["hosted"])}
    return ActionRun(**values)
