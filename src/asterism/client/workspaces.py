"""Making, changing and going to workspaces."""

from asterism.base.errors import Conflict
from asterism.client.api import Api
from asterism.client.models import Workspace
from asterism.client.projects import find_workspace


def require_free(api: Api, project_id: str, name: str) -> None:
    """Raise Conflict when the project has a workspace of that name: a person could no longer tell the two apart."""
    if any(workspace.name == name for workspace in api.workspaces(project_id)):
        raise Conflict(f"There is a workspace {name!r} already.", hint="Choose another name, or switch to it.")


def create(api: Api, project_id: str, name: str, base: str | None) -> Workspace:
    """Make a workspace whose head is the snapshot `base` (None: it has none yet). Raises Conflict for a taken name."""
    require_free(api, project_id, name)
    return api.create_workspace(project_id, name, base_snapshot_id=base)


def rename(api: Api, project_id: str, workspace: str, name: str) -> Workspace:
    """Give a workspace another name. Raises NotFound, or Conflict for a taken name."""
    found = find_workspace(api, project_id, workspace)
    if found.name != name:
        require_free(api, project_id, name)
    return api.change_workspace(found.id, name)


def archive(api: Api, project_id: str, workspace: str, *, here: str | None) -> Workspace:
    """Take a workspace off the list; its snapshots stay. Raises Conflict for `here`, the one that the folder is in."""
    found = find_workspace(api, project_id, workspace)
    if found.id == here:
        raise Conflict(
            f"This folder works in the workspace {found.name!r}.",
            hint="Go to another one: `asterism workspace switch`.",
        )
    api.archive_workspace(found.id)
    return found


def set_main(api: Api, project_id: str, workspace: str) -> Workspace:
    """Make a workspace the project's main one. Raises NotFound."""
    found = find_workspace(api, project_id, workspace)
    api.set_main_workspace(found.id)
    return found
