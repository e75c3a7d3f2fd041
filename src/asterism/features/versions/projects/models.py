"""Projects."""

from typing import Any

import msgspec

MAX_PROJECTS = 1000
GRACE_DAYS = 30


class Project(msgspec.Struct, frozen=True):
    """A project of one user. `brief` is an object or a text; `main_chosen` says that main was set by a person."""

    id: str
    owner_user_id: str
    name: str
    intent: str | None
    brief: Any
    created_at: str
    updated_at: str
    last_snapshot_id: str | None
    main_workspace_id: str | None
    main_chosen: bool
    archived_at: str | None
    deleted_at: str | None
