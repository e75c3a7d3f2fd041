"""SQL of deployments."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from asterism.features.operations.deployments.models import (
    Cause,
    Deployment,
    LogEntry,
    Plan,
    Slot,
    Status,
    Trigger,
)
from asterism.features.operations.deployments.tables import app_slots, deployment_logs, deployments, env_versions
from asterism.kernel.db import RowDict, Tx, upsert


def insert(tx: Tx, new: Deployment) -> None:
    """Add a deployment."""
    row = {name: getattr(new, name) for name in Deployment.__slots__}
    row |= {"plan": _encoded(new.plan), "cause": _encoded(new.cause)}
    tx.execute(sa.insert(deployments).values(row))


def update(tx: Tx, deployment_id: str, values: Mapping[str, Any]) -> None:
    """Change a deployment."""
    tx.execute(sa.update(deployments).where(deployments.c.id == deployment_id).values(_row(values)))


def find(tx: Tx, deployment_id: str) -> Deployment | None:
    """Return a deployment, anybody's."""
    row = tx.one(sa.select(deployments).where(deployments.c.id == deployment_id))
    return None if row is None else read_deployment(row)


def end(tx: Tx, deployment_id: str, values: Mapping[str, Any]) -> bool:
    """Give a deployment that is under way its end; return False when it has one."""
    still = (deployments.c.id == deployment_id, deployments.c.status == Status.DEPLOYING)
    return bool(tx.execute(sa.update(deployments).where(*still).values(_row(values))).rowcount)


def of_workspace(tx: Tx, workspace_id: str, *, limit: int, before: str | None = None) -> list[Deployment]:
    """Return deployments of a workspace, newest first, older than the one with the id `before`."""
    query = sa.select(deployments).where(deployments.c.workspace_id == workspace_id)
    if before is not None:
        query = query.where(deployments.c.id < before)
    return [read_deployment(row) for row in tx.all(query.order_by(deployments.c.id.desc()).limit(limit))]


def of_conversation(tx: Tx, conversation_id: str) -> list[Deployment]:
    """Return the deployments that named a conversation, oldest first."""
    query = sa.select(deployments).where(deployments.c.conversation_id == conversation_id)
    return [read_deployment(row) for row in tx.all(query.order_by(deployments.c.id))]


def of_tree(tx: Tx, project_id: str, manifest_hash: str, workspace_id: str | None, limit: int) -> list[Deployment]:
    """Return the newest deployments of a tree in a project, newest first; with `workspace_id` those of one place."""
    query = sa.select(deployments).where(
        deployments.c.project_id == project_id, deployments.c.manifest_hash == manifest_hash
    )
    if workspace_id is not None:
        query = query.where(deployments.c.workspace_id == workspace_id)
    return [read_deployment(row) for row in tx.all(query.order_by(deployments.c.id.desc()).limit(limit))]


def newest_success(tx: Tx, project_id: str, workspace_id: str | None) -> Deployment | None:
    """Return the newest deployment of a place that succeeded."""
    columns = deployments.c
    place = (columns.project_id == project_id, columns.workspace_id.is_not_distinct_from(workspace_id))
    query = sa.select(deployments).where(*place, columns.status == Status.SUCCESS)
    row = tx.one(query.order_by(columns.id.desc()).limit(1))
    return None if row is None else read_deployment(row)


def newest_failures(tx: Tx, user_id: str) -> list[Deployment]:
    """Return those deployments of a user that failed and are the newest of their workspace."""
    columns = deployments.c
    newest = (
        sa.select(sa.func.max(columns.id))
        .where(columns.owner_user_id == user_id, columns.workspace_id.is_not(None))
        .group_by(columns.workspace_id)
    )
    rows = tx.all(sa.select(deployments).where(columns.id.in_(newest), columns.status == Status.FAILED))
    return [read_deployment(row) for row in rows]


def waiting(tx: Tx) -> list[Deployment]:
    """Return the deployments that are still to begin, oldest first."""
    columns = deployments.c
    query = sa.select(deployments).where(columns.status == Status.DEPLOYING, columns.begun_at.is_(None))
    return [read_deployment(row) for row in tx.all(query.order_by(columns.id))]


def append_log(tx: Tx, deployment_id: str, number: int, entries: Sequence[LogEntry], size: int) -> None:
    """Add a piece of a log; `number` grows."""
    row = {"deployment_id": deployment_id, "number": number, "size": size, "entries": _entries(entries)}
    upsert(tx, deployment_logs, row, key=["deployment_id", "number"], update=["size", "entries"])


def drop_log(tx: Tx, deployment_id: str, first: int, last: int) -> None:
    """Remove the pieces of a log from one number to another, both included."""
    columns = deployment_logs.c
    tx.execute(
        sa.delete(deployment_logs).where(columns.deployment_id == deployment_id, columns.number.between(first, last))
    )


def prune_logs(tx: Tx, *, keep: int, limit: int) -> int:
    """Remove up to `limit` pieces of logs of deployments that are not the newest `keep` of their place."""
    columns, pieces = deployments.c, deployment_logs.c
    place = sa.func.row_number().over(
        partition_by=(columns.project_id, columns.workspace_id), order_by=columns.id.desc()
    )
    numbered = sa.select(columns.id, place.label("place")).subquery()
    old = sa.select(numbered.c.id).where(numbered.c.place > keep)
    query = sa.select(pieces.deployment_id, pieces.number).where(pieces.deployment_id.in_(old)).limit(limit)
    for row in (found := tx.all(query)):
        drop_log(tx, row["deployment_id"], row["number"], row["number"])
    return len(found)


def log_pieces(tx: Tx, deployment_id: str) -> list[tuple[int, int]]:
    """Return number and size of each piece of a log, in order."""
    columns = deployment_logs.c
    query = sa.select(columns.number, columns.size).where(columns.deployment_id == deployment_id)
    return [(row["number"], row["size"]) for row in tx.all(query.order_by(columns.number))]


def log(tx: Tx, deployment_id: str) -> list[LogEntry]:
    """Return a whole log."""
    columns = deployment_logs.c
    rows = tx.all(sa.select(columns.entries).where(columns.deployment_id == deployment_id).order_by(columns.number))
    return [entry for row in rows for entry in msgspec.json.decode(row["entries"], type=list[LogEntry])]


def log_from(tx: Tx, deployment_id: str, number: int, limit: int) -> list[tuple[int, list[LogEntry]]]:
    """Return the pieces of a log from a number on, in order."""
    columns = deployment_logs.c
    query = sa.select(columns.number, columns.entries).where(
        columns.deployment_id == deployment_id, columns.number >= number
    )
    rows = tx.all(query.order_by(columns.number).limit(limit))
    return [(row["number"], msgspec.json.decode(row["entries"], type=list[LogEntry])) for row in rows]


def newest_env(tx: Tx, project_id: str) -> RowDict | None:
    """Return the newest version of a project's variables."""
    query = sa.select(env_versions).where(env_versions.c.project_id == project_id)
    return tx.one(query.order_by(env_versions.c.version.desc()).limit(1))


def env_version(tx: Tx, project_id: str, version: int) -> RowDict | None:
    """Return a version of a project's variables."""
    columns = env_versions.c
    return tx.one(sa.select(env_versions).where(columns.project_id == project_id, columns.version == version))


def insert_env(tx: Tx, row: Mapping[str, Any]) -> None:
    """Add a version of a project's variables."""
    tx.execute(sa.insert(env_versions).values(row))


def slots(tx: Tx) -> list[Slot]:
    """Return every address that apps have."""
    rows = tx.all(sa.select(app_slots.c.slot, app_slots.c.port, app_slots.c.deployment_id).order_by(app_slots.c.slot))
    return [Slot(**row) for row in rows]


def slot(tx: Tx, name: str) -> Slot | None:
    """Return an address."""
    columns = app_slots.c
    row = tx.one(sa.select(columns.slot, columns.port, columns.deployment_id).where(columns.slot == name))
    return None if row is None else Slot(**row)


def put_slot(tx: Tx, project_id: str, new: Slot) -> None:
    """Say which deployment answers at an address."""
    row = {"slot": new.slot, "project_id": project_id, "port": new.port, "deployment_id": new.deployment_id}
    upsert(tx, app_slots, row, key=["slot"], update=["port", "deployment_id"])


def manifests(tx: Tx, user_id: str) -> set[str]:
    """Return the trees that deployments of a user's projects name, which keeps them from being collected."""
    rows = tx.all(sa.select(deployments.c.manifest_hash).where(deployments.c.owner_user_id == user_id))
    return {row["manifest_hash"] for row in rows}


def _row(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _encoded(value) if name in ("plan", "cause") else value for name, value in values.items()}


def _encoded(value: Plan | Cause | None) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _entries(entries: Sequence[LogEntry]) -> str:
    return msgspec.json.encode(entries).decode()


def read_deployment(row: RowDict) -> Deployment:
    """Return the deployment of a row."""
    plan, cause = row["plan"], row["cause"]
    values = row | {
        "status": Status(row["status"]),
        "trigger": Trigger(row["trigger"]),
        "plan": None if plan is None else msgspec.json.decode(plan, type=Plan),
        "cause": None if cause is None else msgspec.json.decode(cause, type=Cause),
    }
    return Deployment(**values)
