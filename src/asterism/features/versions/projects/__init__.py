"""Projects, what happened in them, their env vars and brief (Fastest 3, 0.10).

Features above write an event in the transaction of what it reports: `record_event(tx, project_id, "merge.completed",
actor=caller.client, workspace_id=…, snapshot_id=…)`, and move a project's pointers with `touch_project`.
"""

from asterism.features.versions.projects.brief import set_brief
from asterism.features.versions.projects.env_vars import (
    EnvVar,
    NewVar,
    delete_env_var,
    env_values,
    list_env_vars,
    set_env_vars,
)
from asterism.features.versions.projects.errors import LimitReached, UnknownProject
from asterism.features.versions.projects.events import EventType, record_event
from asterism.features.versions.projects.models import GRACE_DAYS, ActivityEvent, Project
from asterism.features.versions.projects.names import clean_name, has_control
from asterism.features.versions.projects.service import (
    archive_project,
    create_project,
    delete_project,
    find_live,
    get_project,
    last_event_at,
    list_events,
    list_projects,
    newest_events,
    prune_events,
    purge_deleted,
    rename_project,
    restore_project,
    touch_project,
)

__all__ = [
    "GRACE_DAYS",
    "ActivityEvent",
    "EnvVar",
    "EventType",
    "LimitReached",
    "NewVar",
    "Project",
    "UnknownProject",
    "archive_project",
    "clean_name",
    "create_project",
    "delete_env_var",
    "delete_project",
    "env_values",
    "find_live",
    "get_project",
    "has_control",
    "last_event_at",
    "list_env_vars",
    "list_events",
    "list_projects",
    "newest_events",
    "prune_events",
    "purge_deleted",
    "record_event",
    "rename_project",
    "restore_project",
    "set_brief",
    "set_env_vars",
    "touch_project",
]
