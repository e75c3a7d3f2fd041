"""SQL of snapshots."""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from asterism.features.versions.snapshots.models import Ancestor, Snapshot
from asterism.features.versions.snapshots.tables import snapshot_parents, snapshots
from asterism.kernel.db import RowDict, Tx

_PARENTS = msgspec.json.Decoder(tuple[str, ...])

# The one place where a table of another feature is joined: ownership is decided in the same query as the lookup.
_projects = sa.table("projects", sa.column("id"), sa.column("owner_user_id"), sa.column("deleted_at"))


def insert(tx: Tx, values: dict[str, Any]) -> Snapshot:
    """Add a snapshot (all columns but `seq`) with its edges; return it."""
    row = tx.execute(sa.insert(snapshots).values(_row(values)).returning(snapshots.c.seq)).one()
    _insert_edges(tx, [values])
    return Snapshot(seq=row.seq, **values)


def insert_all(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Add snapshots with their edges, in their order."""
    if rows:
        tx.execute(sa.insert(snapshots), [_row(values) for values in rows])
    _insert_edges(tx, rows)


def _row(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"parents": msgspec.json.encode(values["parents"]).decode()}


def _insert_edges(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    edges = [
        {"project_id": values["project_id"], "snapshot_id": values["id"], "position": position, "parent_id": parent}
        for values in rows
        for position, parent in enumerate(values["parents"])
    ]
    if edges:
        tx.execute(sa.insert(snapshot_parents), edges)


def in_project(tx: Tx, project_id: str, snapshot_id: str) -> Snapshot | None:
    """Return a snapshot of a project."""
    row = tx.one(sa.select(snapshots).where(snapshots.c.project_id == project_id, snapshots.c.id == snapshot_id))
    return of_row(row) if row else None


def many_in_project(tx: Tx, project_id: str, ids: Sequence[str]) -> dict[str, Snapshot]:
    """Return those snapshots of a project that exist, by id."""
    found: dict[str, Snapshot] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        query = sa.select(snapshots).where(snapshots.c.project_id == project_id, snapshots.c.id.in_(part))
        found.update((row["id"], of_row(row)) for row in tx.all(query))
    return found


def of_user(tx: Tx, user_id: str, snapshot_id: str, project_id: str | None) -> Snapshot | None:
    """Return the newest registration of this id in the user's projects."""
    query = (
        sa.select(snapshots)
        .join(_projects, _projects.c.id == snapshots.c.project_id)
        .where(snapshots.c.id == snapshot_id, _projects.c.owner_user_id == user_id, _projects.c.deleted_at.is_(None))
    )
    if project_id is not None:
        query = query.where(snapshots.c.project_id == project_id)
    row = tx.one(query.order_by(snapshots.c.seq.desc()).limit(1))
    return of_row(row) if row else None


def page(
    tx: Tx,
    project_id: str,
    limit: int,
    before: int | None,
    *,
    workspace: tuple[str, str | None] | None = None,
    ancestors_of: str | None = None,
) -> Sequence[Snapshot]:
    """Return snapshots of a project, newest registration first, from before the number `before` on.

    `workspace` (id, current snapshot) keeps those of the workspace and its current one; `ancestors_of` keeps a
    snapshot and everything it descends from.
    """
    query = sa.select(snapshots).where(snapshots.c.project_id == project_id)
    if workspace is not None:
        query = query.where(sa.or_(snapshots.c.workspace_id == workspace[0], snapshots.c.id == workspace[1]))
    if ancestors_of is not None:
        query = query.where(snapshots.c.id.in_(sa.select(_ancestry(project_id, ancestors_of).c.id)))
    if before is not None:
        query = query.where(snapshots.c.seq < before)
    return [of_row(row) for row in tx.all(query.order_by(snapshots.c.seq.desc()).limit(limit))]


def descends_from(tx: Tx, project_id: str, start: Sequence[str], ancestor: str) -> bool:
    """Say whether `ancestor` is among `start` or the known ancestors of one of them."""
    if ancestor in start:
        return True
    for snapshot_id in start:
        ancestry = _ancestry(project_id, snapshot_id)
        if tx.scalar(sa.select(ancestry.c.id).where(ancestry.c.id == ancestor).limit(1)) is not None:
            return True
    return False


def _ancestry(project_id: str, snapshot_id: str) -> sa.CTE:
    """Return the ids of a snapshot and all its ancestors; UNION ends also where parents form a circle."""
    ancestry = sa.select(sa.literal(snapshot_id, sa.Text).label("id")).cte("ancestry", recursive=True)
    edges = snapshot_parents.c
    step = sa.select(edges.parent_id).where(edges.project_id == project_id, edges.snapshot_id == ancestry.c.id)
    return ancestry.union(step)


def ancestry(tx: Tx, project_id: str, start: Sequence[str], since: int) -> list[Ancestor]:
    """Return those of `start` and their ancestors that the project has, as far as `since` reaches."""
    mine = (snapshots.c.project_id == project_id, snapshots.c.seq >= since)
    known = sa.select(snapshots.c.id.label("id")).where(*mine, snapshots.c.id.in_(start))
    found = known.cte("ancestry", recursive=True)
    edges = snapshot_parents.c
    step = sa.select(edges.parent_id).where(edges.project_id == project_id, edges.snapshot_id == found.c.id)
    if since:
        parent = snapshots.alias("parent")  # asked by itself: joined, SQLite walks all of the project for each step
        its = (parent.c.project_id == project_id, parent.c.id == edges.parent_id)
        step = step.where(sa.select(parent.c.seq).where(*its).scalar_subquery() >= since)
    found = found.union(step)
    columns = [snapshots.c[name] for name in Ancestor.__slots__]
    query = sa.select(*columns).join(found, found.c.id == snapshots.c.id).where(snapshots.c.project_id == project_id)
    rows: Sequence[Any] = tx.execute(query).all()  # a dict of each would take as long as reading a hundred thousand
    return [Ancestor(one, seq, place, tree, _PARENTS.decode(parents)) for one, seq, place, tree, parents in rows]


def count_since(tx: Tx, project_id: str, moment: str) -> int:
    """Return how many snapshots of a project were registered after `moment`."""
    mine = (snapshots.c.project_id == project_id, snapshots.c.registered_at > moment)
    return int(tx.scalar(sa.select(sa.func.count()).where(*mine)))


def verified_authors(tx: Tx, user_id: str, limit: int) -> list[tuple[str, str]]:
    """Return the authors of the user's snapshots whose ids were verified, last used first."""
    columns = (snapshots.c.author_name, snapshots.c.author_email)
    query = (
        sa.select(*columns)
        .join(_projects, _projects.c.id == snapshots.c.project_id)
        .where(_projects.c.owner_user_id == user_id, snapshots.c.verified.is_(True))
        .group_by(*columns)
        .order_by(sa.func.max(snapshots.c.seq).desc())
        .limit(limit)
    )
    return [(row["author_name"], row["author_email"]) for row in tx.all(query)]


def manifest_hashes(tx: Tx, user_id: str) -> set[str]:
    """Return the manifests of the user's snapshots, those of deleted projects included."""
    query = (
        sa.select(snapshots.c.manifest_hash)
        .join(_projects, _projects.c.id == snapshots.c.project_id)
        .where(_projects.c.owner_user_id == user_id)
    )
    return {row[0] for row in tx.execute(query.distinct())}


def of_row(row: RowDict) -> Snapshot:
    """Return a row of the table as a snapshot."""
    return Snapshot(**(dict(row) | {"parents": _parents(row)}))


def _parents(row: RowDict) -> tuple[str, ...]:
    return _PARENTS.decode(row["parents"])
