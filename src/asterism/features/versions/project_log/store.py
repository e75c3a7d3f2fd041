"""SQL of activity events."""

from collections.abc import Sequence

import sqlalchemy as sa

from asterism.features.versions.project_log.models import ActivityEvent
from asterism.features.versions.project_log.tables import activity_events
from asterism.kernel.db import Tx


def insert_events(tx: Tx, events: Sequence[ActivityEvent]) -> None:
    """Add events."""
    if events:
        rows = [{name: getattr(event, name) for name in ActivityEvent.__slots__} for event in events]
        tx.execute(sa.insert(activity_events), rows)


def events(
    tx: Tx,
    project_id: str,
    limit: int,
    before: tuple[str, str] | None = None,
    *,
    only_workspace: str | None = None,
) -> Sequence[ActivityEvent]:
    """Return events, of all or of one workspace, newest first, from after the row with the key `before` on."""
    table = activity_events.c
    query = sa.select(activity_events).where(table.project_id == project_id)
    if only_workspace is not None:
        query = query.where(table.workspace_id == only_workspace)
    if before is not None:
        query = query.where(sa.tuple_(table.created_at, table.id) < sa.tuple_(*map(sa.literal, before)))
    rows = tx.all(query.order_by(table.created_at.desc(), table.id.desc()).limit(limit))
    return [ActivityEvent(**row) for row in rows]


def newest_event_at(tx: Tx, project_id: str, type: str) -> str | None:
    """Return when an event of this type was last written."""
    table = activity_events.c
    query = sa.select(sa.func.max(table.created_at)).where(table.project_id == project_id, table.type == type)
    found: str | None = tx.scalar(query)
    return found


def prune_events(tx: Tx, project_id: str, keep: int, before: str) -> None:
    """Remove events older than `before`, and all but the newest `keep`."""
    table = activity_events.c
    newest = (
        sa.select(table.id)
        .where(table.project_id == project_id, table.created_at >= before)
        .order_by(table.created_at.desc(), table.id.desc())
        .limit(keep)
    )
    tx.execute(sa.delete(activity_events).where(table.project_id == project_id, table.id.not_in(newest)))


def ids_with_events(tx: Tx) -> list[str]:
    """Return the projects that have any event."""
    return [row["project_id"] for row in tx.all(sa.select(activity_events.c.project_id).distinct())]
