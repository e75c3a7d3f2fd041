"""SQL of projects."""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from asterism.features.versions.projects.models import Project
from asterism.features.versions.projects.tables import projects
from asterism.kernel.db import Prepared, RowDict, Tx

_FIELDS = [projects.c[name] for name in Project.__struct_fields__]
_LIVE = Prepared(  # nearly every request below a project begins with this one
    sa.select(*_FIELDS).where(
        projects.c.id == sa.bindparam("id"),
        projects.c.owner_user_id == sa.bindparam("user"),
        projects.c.deleted_at.is_(None),
    )
)


def _pages(gone: bool) -> tuple[Prepared, Prepared]:
    """Return the queries for the first and for a later page of a user's projects, or of the deleted ones."""
    state = projects.c.deleted_at.is_not(None) if gone else projects.c.deleted_at.is_(None)
    first = (
        sa.select(*_FIELDS)
        .where(projects.c.owner_user_id == sa.bindparam("user"), state)
        .order_by(projects.c.updated_at.desc(), projects.c.id.desc())
        .limit(sa.bindparam("limit", type_=sa.Integer))
    )
    later = first.where(
        sa.tuple_(projects.c.updated_at, projects.c.id)
        < sa.tuple_(sa.bindparam("updated_at", type_=sa.Text), sa.bindparam("id", type_=sa.Text))
    )
    return Prepared(first), Prepared(later)


# The list of projects is what every client asks for first.
_LIVE_PAGES, _DELETED_PAGES = _pages(gone=False), _pages(gone=True)


def insert(tx: Tx, project: Project) -> None:
    """Add a project."""
    row = {name: getattr(project, name) for name in projects.c.keys()}  # noqa: SIM118 - columns, not a dict
    tx.execute(sa.insert(projects).values(row | {"brief": _encode(project.brief)}))


def live(tx: Tx, user_id: str, project_id: str) -> Project | None:
    """Return a project of the user that is not deleted."""
    row = _LIVE.first(tx, user=user_id, id=project_id)
    return _project_of(row) if row else None


def live_of_anybody(tx: Tx, project_id: str) -> Project | None:
    """Return a project that is not deleted, whoever has it."""
    return _project(tx.one(sa.select(projects).where(projects.c.id == project_id, projects.c.deleted_at.is_(None))))


def any_state(tx: Tx, user_id: str, project_id: str) -> Project | None:
    """Return a project of the user, deleted ones included."""
    return _project(tx.one(_mine(user_id).where(projects.c.id == project_id)))


def count_live(tx: Tx, user_id: str) -> int:
    """Return how many projects the user has."""
    query = sa.select(sa.func.count()).where(projects.c.owner_user_id == user_id, projects.c.deleted_at.is_(None))
    return int(tx.scalar(query))


def page(
    tx: Tx, user_id: str, limit: int, before: tuple[str, str] | None, *, deleted: bool = False
) -> Sequence[Project]:
    """Return projects, or deleted ones, by last update, newest first, from after the row with the key `before` on."""
    first, later = _DELETED_PAGES if deleted else _LIVE_PAGES
    if before is None:
        rows = first.rows(tx, user=user_id, limit=limit)
    else:
        rows = later.rows(tx, user=user_id, limit=limit, updated_at=before[0], id=before[1])
    return [_project_of(row) for row in rows]


def update(tx: Tx, project_id: str, values: dict[str, Any]) -> None:
    """Set columns of a project."""
    if "brief" in values:
        values = values | {"brief": _encode(values["brief"])}
    tx.execute(sa.update(projects).where(projects.c.id == project_id).values(values))


def deleted_before(tx: Tx, moment: str, limit: int) -> list[str]:
    """Return the ids of projects that were deleted before `moment`."""
    rows = tx.all(sa.select(projects.c.id).where(projects.c.deleted_at < moment).limit(limit))
    return [row["id"] for row in rows]


def lock_deleted(tx: Tx, project_id: str, before: str) -> bool:
    """Return whether a project is still deleted since before that moment; then nobody restores it meanwhile."""
    still = (projects.c.id == project_id, projects.c.deleted_at < before)
    return bool(tx.execute(sa.update(projects).where(*still).values(deleted_at=projects.c.deleted_at)).rowcount)


def purge(tx: Tx, project_id: str) -> None:
    """Remove a project with everything that hangs on it."""
    tx.execute(sa.delete(projects).where(projects.c.id == project_id))


def _mine(user_id: str) -> sa.Select[Any]:
    return sa.select(projects).where(projects.c.owner_user_id == user_id)


def _encode(brief: Any) -> str | None:
    return None if brief is None else msgspec.json.encode(brief).decode()


def _project(row: RowDict | None) -> Project | None:
    return None if row is None else _project_of([row[name] for name in Project.__struct_fields__])


def _project_of(row: Sequence[Any]) -> Project:
    """Read the values of a row, in the order of the fields."""
    found = Project(*row)
    return found if found.brief is None else msgspec.structs.replace(found, brief=msgspec.json.decode(found.brief))
