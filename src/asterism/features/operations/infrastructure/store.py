"""SQL of infrastructure."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from asterism.features.operations.detection import Runtime
from asterism.features.operations.infrastructure.models import (
    Credential,
    DeploymentSettings,
    Discard,
    NewHead,
    Resource,
    Status,
)
from asterism.features.operations.infrastructure.tables import (
    deployment_settings,
    discarded_resources,
    provider_credentials,
    resources,
)
from asterism.kernel.db import RowDict, Tx, insert_ignore, upsert

_workspaces = sa.table(
    "workspaces", *(sa.column(name) for name in ("id", "project_id", "current_snapshot_id", "deleted_at"))
)
_projects = sa.table("projects", sa.column("id"), sa.column("owner_user_id"), sa.column("deleted_at"))
_snapshots = sa.table("snapshots", sa.column("id"), sa.column("project_id"), sa.column("registered_at"))


def credentials(tx: Tx, user_id: str) -> list[Credential]:
    """Return a user's credentials by provider."""
    mine = sa.select(provider_credentials).where(provider_credentials.c.user_id == user_id)
    return [_credential(row) for row in tx.all(mine.order_by(provider_credentials.c.provider))]


def credential(tx: Tx, user_id: str, provider: str) -> tuple[Credential, str] | None:
    """Return a credential and its sealed token."""
    columns = provider_credentials.c
    row = tx.one(sa.select(provider_credentials).where(columns.user_id == user_id, columns.provider == provider))
    return None if row is None else (_credential(row), row["api_token"])


def put_credential(tx: Tx, row: Mapping[str, Any]) -> None:
    """Add a credential, or replace token and metadata of the one that is there."""
    upsert(tx, provider_credentials, row, key=["user_id", "provider"], update=["api_token", "metadata", "updated_at"])


def delete_credential(tx: Tx, user_id: str, provider: str) -> bool:
    """Remove a credential; return whether there was one."""
    columns = provider_credentials.c
    mine = (columns.user_id == user_id, columns.provider == provider)
    return bool(tx.execute(sa.delete(provider_credentials).where(*mine)).rowcount)


def settings(tx: Tx, workspace_id: str) -> DeploymentSettings | None:
    """Return the stored settings of a workspace."""
    row = tx.one(sa.select(deployment_settings).where(deployment_settings.c.workspace_id == workspace_id))
    if row is None:
        return None
    runtime = row["runtime_override"]
    return DeploymentSettings(
        **(row | {"auto_deploy": bool(row["auto_deploy"]), "runtime_override": Runtime(runtime) if runtime else None})
    )


def put_settings(tx: Tx, new: DeploymentSettings) -> None:
    """Store the settings of a workspace."""
    row = {name: getattr(new, name) for name in DeploymentSettings.__slots__}
    changing = [name for name in row if name not in {"workspace_id", "created_at"}]
    upsert(tx, deployment_settings, row, key=["workspace_id"], update=changing)


def heads_to_deploy(tx: Tx, project_id: str | None) -> list[NewHead]:
    """Return heads that settings want deployed and that were not dealt with: of a project, or of all."""
    workspace, project, snapshot, wanted = _workspaces.c, _projects.c, _snapshots.c, deployment_settings.c
    query = (
        sa.select(
            project.owner_user_id,
            workspace.project_id,
            workspace.id.label("workspace_id"),
            workspace.current_snapshot_id.label("head"),
            snapshot.registered_at.label("made_at"),
        )
        .join_from(deployment_settings, _workspaces, workspace.id == wanted.workspace_id)
        .join(_projects, project.id == workspace.project_id)
        .join(_snapshots, snapshot.id == workspace.current_snapshot_id)
        .where(
            wanted.auto_deploy.is_(sa.true()),
            workspace.current_snapshot_id.is_distinct_from(wanted.auto_seen),
            workspace.deleted_at.is_(None),
            project.deleted_at.is_(None),
            snapshot.project_id == workspace.project_id,
        )
    )
    if project_id is not None:
        query = query.where(workspace.project_id == project_id)
    return [NewHead(**row) for row in tx.all(query)]


def project_resources(tx: Tx, project_id: str, *, deleted: bool) -> list[Resource]:
    """Return the resources of a project, oldest first."""
    query = sa.select(resources).where(resources.c.project_id == project_id)
    if not deleted:
        query = query.where(resources.c.status != Status.DELETED)
    return [_resource(row) for row in tx.all(query.order_by(resources.c.id))]


def resource(tx: Tx, project_id: str, resource_id: str) -> tuple[Resource, str | None] | None:
    """Return a resource of a project and its sealed connection."""
    row = tx.one(sa.select(resources).where(resources.c.project_id == project_id, resources.c.id == resource_id))
    return None if row is None else (_resource(row), row["connection_info"])


def insert_resource(tx: Tx, row: Mapping[str, Any]) -> None:
    """Add a resource."""
    tx.execute(sa.insert(resources).values(row))


def update_resource(tx: Tx, resource_id: str, values: Mapping[str, Any]) -> None:
    """Change a resource."""
    tx.execute(sa.update(resources).where(resources.c.id == resource_id).values(values))


def owner_of(tx: Tx, project_id: str) -> str | None:
    """Return whose a project is, a deleted one too."""
    row = tx.one(sa.select(_projects.c.owner_user_id).where(_projects.c.id == project_id))
    return None if row is None else str(row["owner_user_id"])


def insert_discard(tx: Tx, one: Discard) -> None:
    """Note a resource that is to be destroyed; noting it again changes nothing."""
    insert_ignore(tx, discarded_resources, [{name: getattr(one, name) for name in Discard.__slots__}])


def due_discards(tx: Tx, now: str, limit: int) -> list[Discard]:
    """Return resources to be destroyed by now, the longest due first."""
    columns = discarded_resources.c
    query = sa.select(discarded_resources).where(columns.due_at <= now).order_by(columns.due_at, columns.id)
    return [Discard(**row) for row in tx.all(query.limit(limit))]


def stubborn_discards(tx: Tx, attempts: int) -> list[Discard]:
    """Return resources that so many attempts have not destroyed, by provider."""
    columns = discarded_resources.c
    query = sa.select(discarded_resources).where(columns.attempts >= attempts)
    return [Discard(**row) for row in tx.all(query.order_by(columns.provider, columns.id))]


def postpone_discard(tx: Tx, one: Discard, due_at: str) -> bool:
    """Count an attempt and set when the next one is due; return False when somebody else did meanwhile."""
    columns = discarded_resources.c
    still = (columns.id == one.id, columns.due_at == one.due_at)
    values = {"due_at": due_at, "attempts": one.attempts + 1}
    return bool(tx.execute(sa.update(discarded_resources).where(*still).values(values)).rowcount)


def delete_discard(tx: Tx, discard_id: str) -> None:
    """Forget a resource that was destroyed."""
    tx.execute(sa.delete(discarded_resources).where(discarded_resources.c.id == discard_id))


def _credential(row: RowDict) -> Credential:
    return Credential(**{name: value for name, value in row.items() if name != "api_token"})


def _resource(row: RowDict) -> Resource:
    values = {name: value for name, value in row.items() if name != "connection_info"}
    return Resource(**(values | {"status": Status(row["status"])}), connected=row["connection_info"] is not None)
