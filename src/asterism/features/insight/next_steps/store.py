"""SQL of next steps."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from asterism.features.insight.next_steps.models import MAX_LISTED, NextStep, folded
from asterism.features.insight.next_steps.tables import next_step_votes as votes
from asterism.features.insight.next_steps.tables import next_steps
from asterism.kernel.db import RowDict, Tx, insert_ignore, upsert

_OWN = [name for name in NextStep.__slots__ if not name.endswith("_count")]


def insert(tx: Tx, found: Sequence[NextStep]) -> None:
    """Add steps but those whose title the project has already."""
    rows = [{name: getattr(one, name) for name in _OWN} | {"folded": folded(one.title)} for one in found]
    insert_ignore(tx, next_steps, rows)


def titles(tx: Tx, project_id: str) -> set[str]:
    """Return the folded titles of all steps that a project ever had."""
    rows: Any = tx.execute(sa.select(next_steps.c.folded).where(next_steps.c.project_id == project_id)).fetchall()
    return {title for (title,) in rows}


def of_project(tx: Tx, project_id: str, status: str | None, limit: int = MAX_LISTED) -> list[NextStep]:
    """Return steps, of one status where it is named, newest first; those made together in the order they were made."""
    query = _steps().where(next_steps.c.project_id == project_id)
    if status is not None:
        query = query.where(next_steps.c.status == status)
    query = query.order_by(next_steps.c.generated_at.desc(), next_steps.c.id)
    return [_step(row) for row in tx.all(query.limit(limit))]


def by_id(tx: Tx, project_id: str, step_id: str) -> NextStep | None:
    """Return a step of a project."""
    row = tx.one(_steps().where(next_steps.c.project_id == project_id, next_steps.c.id == step_id))
    return None if row is None else _step(row)


def set_status(tx: Tx, step_id: str, status: str, acted_on_at: str | None) -> None:
    """Say what has become of a step."""
    values = {"status": status, "acted_on_at": acted_on_at}
    tx.execute(sa.update(next_steps).where(next_steps.c.id == step_id).values(values))


def vote(tx: Tx, step_id: str, user_id: str, *, helpful: bool) -> None:
    """Count a user's vote; a second one takes the place of the first."""
    row = {"next_step_id": step_id, "user_id": user_id, "helpful": helpful}
    upsert(tx, votes, row, key=("next_step_id", "user_id"), update=("helpful",))


def _steps() -> sa.Select[Any]:
    def count(helpful: bool) -> Any:
        mine = (votes.c.next_step_id == next_steps.c.id, votes.c.helpful.is_(helpful))
        return sa.select(sa.func.count()).select_from(votes).where(*mine).scalar_subquery()

    own = [next_steps.c[name] for name in _OWN]
    return sa.select(*own, count(True).label("helpful_count"), count(False).label("not_helpful_count"))


def _step(row: RowDict) -> NextStep:
    return NextStep(**{name: row[name] for name in NextStep.__slots__})
