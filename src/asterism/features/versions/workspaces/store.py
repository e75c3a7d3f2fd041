"""SQL of workspaces."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from asterism.base import ids
from asterism.features.versions.workspaces.models import Workspace
from asterism.features.versions.workspaces.tables import followed_moves as followed
from asterism.features.versions.workspaces.tables import pointer_moves, workspaces
from asterism.kernel.db import RowDict, Tx, upsert

# Ownership is decided in the same query as the lookup.
_projects = sa.table(
    "projects",
    sa.column("id"),
    sa.column("owner_user_id"),
    sa.column("deleted_at"),
    sa.column("main_workspace_id"),
)
_snapshots = sa.table("snapshots", sa.column("id"), sa.column("project_id"), sa.column("manifest_hash"))


def insert(tx: Tx, values: dict[str, Any]) -> None:
    """Add a workspace."""
    tx.execute(sa.insert(workspaces).values(values))


def of_user(tx: Tx, user_id: str, workspace_id: str, *, lock: bool = False) -> Workspace | None:
    """Return a live workspace in a live project of the user; `lock` holds its row until the transaction ends."""
    query = _live().where(workspaces.c.id == workspace_id, _projects.c.owner_user_id == user_id)
    return _workspace(tx.one(query.with_for_update(of=workspaces) if lock else query))


def of_project(tx: Tx, project_id: str, limit: int = 1000) -> list[Workspace]:
    """Return the live workspaces of a project, newest first."""
    query = _live().where(workspaces.c.project_id == project_id)
    rows = tx.all(query.order_by(workspaces.c.created_at.desc(), workspaces.c.id.desc()).limit(limit))
    return [found for row in rows if (found := _workspace(row)) is not None]


def bases(tx: Tx, project_id: str) -> dict[str, str]:
    """Return the base snapshots of a project's workspaces, by workspace."""
    query = sa.select(workspaces.c.id, workspaces.c.base_snapshot_id).where(
        workspaces.c.project_id == project_id, workspaces.c.base_snapshot_id.is_not(None)
    )
    return {row["id"]: row["base_snapshot_id"] for row in tx.all(query)}


def count(tx: Tx, project_id: str) -> int:
    """Return how many live workspaces a project has."""
    mine = (workspaces.c.project_id == project_id, workspaces.c.deleted_at.is_(None))
    return int(tx.scalar(sa.select(sa.func.count()).where(*mine)))


def update(tx: Tx, workspace_id: str, values: dict[str, Any], *, moved: bool = False) -> None:
    """Set columns of a workspace; `moved` counts its version up."""
    if moved:
        values = values | {"version": workspaces.c.version + 1}
    tx.execute(sa.update(workspaces).where(workspaces.c.id == workspace_id).values(values))


def with_unknown_dirt(tx: Tx, after: str, limit: int) -> list[Workspace]:
    """Return live workspaces, by id, that may be dirty and have no time yet since when they are."""
    head = sa.select(_snapshots.c.manifest_hash).where(
        _snapshots.c.id == workspaces.c.current_snapshot_id, _snapshots.c.project_id == workspaces.c.project_id
    )
    query = _live().where(
        workspaces.c.id > after,
        workspaces.c.dirty_since.is_(None),
        workspaces.c.current_manifest_hash != sa.func.coalesce(head.scalar_subquery(), ""),
    )
    rows = tx.all(query.order_by(workspaces.c.id).limit(limit))
    return [found for row in rows if (found := _workspace(row)) is not None]


def note_dirty(tx: Tx, workspace: Workspace) -> bool:
    """Note that a workspace is dirty from now on, unless it has changed meanwhile; return whether that was noted."""
    same = (workspaces.c.id == workspace.id, workspaces.c.version == workspace.version)
    query = sa.update(workspaces).where(*same, workspaces.c.dirty_since.is_(None))
    return tx.execute(query.values(dirty_since=tx.now())).rowcount == 1


def dirty_before(tx: Tx, moment: str) -> list[tuple[str, str]]:
    """Return project and id of live workspaces that are dirty since before a moment, the longest first."""
    query = _live().where(workspaces.c.dirty_since < moment)
    rows = tx.all(query.order_by(workspaces.c.dirty_since, workspaces.c.id))
    return [(row["project_id"], row["id"]) for row in rows]


def purge(tx: Tx, before: str) -> int:
    """Remove workspaces that were deleted before a moment, with their log of moves; return how many."""
    return tx.execute(sa.delete(workspaces).where(workspaces.c.deleted_at < before)).rowcount


def log_move(tx: Tx, before: Workspace, snapshot_id: str | None, manifest: str | None, cause: str, actor: str) -> None:
    """Write down that a workspace's pointers moved, from where and to where."""
    tx.execute(
        sa.insert(pointer_moves).values(
            id=ids.ulid(),
            workspace_id=before.id,
            from_snapshot_id=before.current_snapshot_id,
            to_snapshot_id=snapshot_id,
            from_manifest_hash=before.current_manifest_hash,
            to_manifest_hash=manifest,
            cause=cause,
            actor=actor,
            created_at=tx.now(),
        )
    )


def projects_behind(tx: Tx, follower: str, limit: int) -> list[str]:
    """Return projects with a live workspace whose version the follower has not dealt with."""
    done = sa.and_(followed.c.workspace_id == workspaces.c.id, followed.c.follower == follower)
    query = (
        sa.select(workspaces.c.project_id)
        .join(_projects, _projects.c.id == workspaces.c.project_id)
        .outerjoin(followed, done)
        .where(workspaces.c.deleted_at.is_(None), _projects.c.deleted_at.is_(None))
        .where(sa.or_(followed.c.version.is_(None), followed.c.version != workspaces.c.version))
    )
    return [row["project_id"] for row in tx.all(query.distinct().limit(limit))]


def follow(tx: Tx, follower: str, versions: Mapping[str, int]) -> None:
    """Note which versions a follower has dealt with, of those workspaces that are still there."""
    for row in tx.all(sa.select(workspaces.c.id).where(workspaces.c.id.in_(versions)).order_by(workspaces.c.id)):
        values = {"workspace_id": row["id"], "follower": follower, "version": versions[row["id"]]}
        upsert(tx, followed, values, key=("workspace_id", "follower"), update=("version",))


def referenced_manifests(tx: Tx, user_id: str) -> set[str]:
    """Return the manifests that workspaces of the user show, or showed before a logged move; deleted ones included."""
    mine = sa.select(workspaces.c.id).join(_projects, _projects.c.id == workspaces.c.project_id)
    ids_of_user = mine.where(_projects.c.owner_user_id == user_id).scalar_subquery()
    found: set[str] = set()
    queries: Sequence[sa.Select[Any]] = (
        sa.select(workspaces.c.current_manifest_hash).where(workspaces.c.id.in_(ids_of_user)),
        sa.select(pointer_moves.c.from_manifest_hash).where(pointer_moves.c.workspace_id.in_(ids_of_user)),
        sa.select(pointer_moves.c.to_manifest_hash).where(pointer_moves.c.workspace_id.in_(ids_of_user)),
    )
    for query in queries:
        found.update(value for (value,) in tx.execute(query.distinct()) if value is not None)
    return found


def _live() -> sa.Select[Any]:
    return (
        sa.select(workspaces, (_projects.c.main_workspace_id == workspaces.c.id).label("is_main"))
        .join(_projects, _projects.c.id == workspaces.c.project_id)
        .where(workspaces.c.deleted_at.is_(None), _projects.c.deleted_at.is_(None))
    )


def _workspace(row: RowDict | None) -> Workspace | None:
    if row is None:
        return None
    return Workspace(**(dict(row) | {"is_main": bool(row["is_main"])}))
