"""Activity events: written in the transaction of what they report."""

from typing import Literal

from asterism.base import ids
from asterism.features.versions.projects import store
from asterism.features.versions.projects.models import ActivityEvent
from asterism.kernel.db import Tx

EventType = Literal[
    "project.created",
    "workspace.created",
    "snapshot.pushed",
    "snapshot.pulled",
    "drift.reported",
    "merge.completed",
    "workspace.out_of_date",
    "workspace.main_changed",
    "deployment.succeeded",
    "deployment.failed",
    "git.exported",
]


def record_event(
    tx: Tx,
    project_id: str,
    type: EventType,
    *,
    actor: str,
    workspace_id: str | None = None,
    snapshot_id: str | None = None,
    message: str | None = None,
) -> ActivityEvent:
    """Write what happened. `actor` is `cli`, `web` or `system` (the kind of client behind the caller's token)."""
    event = ActivityEvent(ids.ulid(), project_id, workspace_id, actor, type, snapshot_id, message, tx.now())
    store.insert_event(tx, event)
    return event
