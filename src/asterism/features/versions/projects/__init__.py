"""Projects, their env vars and brief (Fastest 3). What happens in them is told in `project_log`.

Features above move a project's pointers with `touch_project`.
"""

from asterism.features.versions.projects.brief import set_brief
from asterism.features.versions.projects.env_vars import (
    EnvVar,
    NewVar,
    delete_env_var,
    env_keys,
    env_values,
    list_env_vars,
    set_env_vars,
)
from asterism.features.versions.projects.errors import LimitReached, UnknownProject
from asterism.features.versions.projects.models import GRACE_DAYS, Project
from asterism.features.versions.projects.names import clean_name, has_control
from asterism.features.versions.projects.service import (
    PRESENCE,
    archive_project,
    create_project,
    delete_project,
    find_live,
    get_project,
    list_projects,
    purge_deleted,
    rename_project,
    restore_project,
    touch_project,
)

__all__ = [
    "GRACE_DAYS",
    "PRESENCE",
    "EnvVar",
    "LimitReached",
    "NewVar",
    "Project",
    "UnknownProject",
    "archive_project",
    "clean_name",
    "create_project",
    "delete_env_var",
    "delete_project",
    "env_keys",
    "env_values",
    "find_live",
    "get_project",
    "has_control",
    "list_env_vars",
    "list_projects",
    "purge_deleted",
    "rename_project",
    "restore_project",
    "set_brief",
    "set_env_vars",
    "touch_project",
]
