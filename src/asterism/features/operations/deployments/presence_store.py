"""SQL of whether what deployments and apps belong to is still there."""

from collections.abc import Collection, Mapping
from typing import Final

import sqlalchemy as sa

from asterism.features.operations.deployments.models import Deployment, Presence, Status
from asterism.features.operations.deployments.store import read_deployment
from asterism.features.operations.deployments.tables import app_slots, deployments
from asterism.kernel.db import Tx

_workspaces = sa.table("workspaces", sa.column("id"), sa.column("deleted_at"))
_projects = sa.table("projects", sa.column("id"), sa.column("deleted_at"))
_AT_ONCE: Final = 500


def orphans(tx: Tx) -> list[Deployment]:
    """Return the deployments under way whose workspace or project was deleted: what waits before what it waits for.

    Else it would begin when that ends, and fail of what is not there any more.
    """
    columns = deployments.c
    query = (
        sa.select(deployments)
        .join(_projects, _projects.c.id == columns.project_id)
        .outerjoin(_workspaces, _workspaces.c.id == columns.workspace_id)
        .where(columns.status == Status.DEPLOYING)
        .where(sa.or_(_projects.c.deleted_at.is_not(None), _workspaces.c.deleted_at.is_not(None)))
    )
    return [read_deployment(row) for row in tx.all(query.order_by(columns.id.desc()))]


def presence(tx: Tx, slots: Collection[str]) -> dict[str, Presence]:
    """Return whether what these places of apps belong to is there."""
    pairs = {slot: slot.split("/", 1) for slot in slots}
    projects = live_projects(tx, {project for project, _ in pairs.values()})
    workspaces = _present(tx, _workspaces, {workspace for _, workspace in pairs.values() if workspace}, live=True)

    def judged(project: str, workspace: str) -> Presence:
        if workspace and workspace not in workspaces:
            return Presence.GONE
        return Presence.HERE if project in projects else Presence.AWAY

    return {slot: judged(*pair) for slot, pair in pairs.items()}


def live_projects(tx: Tx, project_ids: Collection[str]) -> set[str]:
    """Return those projects that are there and not deleted."""
    return _present(tx, _projects, project_ids, live=True)


def known(tx: Tx, deployment_ids: Collection[str]) -> set[str]:
    """Return those deployments that there are."""
    return _present(tx, deployments, deployment_ids, live=False)


def replaced(tx: Tx, newest: Mapping[str, str]) -> set[str]:
    """Return those places of apps that belong to another deployment than the last one that was started there.

    One that is not done yet is about to belong there: it gets its place in the transaction that ends it.
    """
    owners = {row["slot"]: row["deployment_id"] for row in tx.all(sa.select(app_slots))}
    columns = deployments.c
    done = sa.select(columns.id).where(columns.id.in_(sorted(newest.values())), columns.status != Status.DEPLOYING)
    ended = {row["id"] for row in tx.all(done)}
    return {slot for slot, mine in newest.items() if slot in owners and owners[slot] != mine and mine in ended}


def drop_slot(tx: Tx, slot: str) -> None:
    """Say that no app has this address any more."""
    tx.execute(sa.delete(app_slots).where(app_slots.c.slot == slot))


def _present(tx: Tx, table: sa.FromClause, row_ids: Collection[str], *, live: bool) -> set[str]:
    wanted, found = sorted(row_ids), set[str]()
    for start in range(0, len(wanted), _AT_ONCE):
        query = sa.select(table.c.id).where(table.c.id.in_(wanted[start : start + _AT_ONCE]))
        rows = tx.all(query.where(table.c.deleted_at.is_(None)) if live else query)
        found.update(str(row["id"]) for row in rows)
    return found
