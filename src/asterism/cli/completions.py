"""What the shell may offer at the tab key: names that the server knows, when it answers soon. Never an error."""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asterism.client.api import Api

PATIENCE_SECONDS = 2.0


def complete_projects(incomplete: str) -> list[str]:
    """Return the projects whose names begin like this."""
    return _begin(incomplete, lambda api: [project["name"] for project in api.projects()])


def complete_workspaces(incomplete: str) -> list[str]:
    """Return the workspaces of this folder's project whose names begin like this."""
    return _begin(incomplete, lambda api: [found.name for found in api.workspaces(_project_id())])


def complete_snapshots(incomplete: str) -> list[str]:
    """Return what names a snapshot of this folder's project and begins like this: `head`, tags and workspaces."""

    def names(api: "Api") -> list[str]:
        project = _project_id()
        return ["head", *(tag.name for tag in api.tags(project)), *(found.name for found in api.workspaces(project))]

    return _begin(incomplete, names)


def _project_id() -> str:
    from asterism.cli.places import working_copy

    return working_copy().bound().project_id


def _begin(incomplete: str, names: "Callable[[Api], Iterable[str]]") -> list[str]:
    found: list[str] = []

    def ask() -> None:
        from contextlib import suppress

        from asterism.base.errors import DomainError
        from asterism.cli.session import open_api

        with suppress(DomainError, OSError), open_api(None, None) as api:
            found.extend(name for name in names(api) if name.startswith(incomplete))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(PATIENCE_SECONDS)
    return sorted(set(found))
