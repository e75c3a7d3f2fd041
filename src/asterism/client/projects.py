"""Find the project and workspace that a name means, and look after projects."""

from asterism.base.errors import Conflict, NotFound
from asterism.client.api import Api
from asterism.client.models import Project, Workspace

MAIN = "main"
SHORTEST_PREFIX = 4


class Ambiguous(Conflict):
    """Several projects have the name."""

    code = "AMBIGUOUS"


def find_project(api: Api, name_or_id: str) -> Project | None:
    """Return the project of that id or name, None when there is none. Raises Ambiguous."""
    found = api.find_projects(name_or_id)
    if len(found) > 1:
        ids = ", ".join(project.id for project in found[:5])
        raise Ambiguous(f"{len(found)} projects are named {name_or_id!r}.", hint=f"Name one by its id: {ids}")
    return found[0] if found else None


def get_project(api: Api, name_or_id: str) -> Project:
    """Return the project of that id or name. Raises NotFound or Ambiguous."""
    project = find_project(api, name_or_id)
    if project is None:
        raise NotFound(f"There is no project {name_or_id!r}.", hint="`asterism projects` lists yours.")
    return project


def rename(api: Api, name_or_id: str, name: str) -> Project:
    """Give a project another name. Raises NotFound, Ambiguous or Invalid."""
    return api.rename_project(get_project(api, name_or_id).id, name)


def restore(api: Api, name_or_id: str) -> Project:
    """Bring a deleted project back, named by its id or name. Raises NotFound, Ambiguous or Conflict."""
    deleted = api.projects(deleted=True)
    found = [p["id"] for p in deleted if p["id"] == name_or_id] or [p["id"] for p in deleted if p["name"] == name_or_id]
    if len(found) > 1:
        hint = f"Name one by its id: {', '.join(found[:5])}"
        raise Ambiguous(f"{len(found)} deleted projects are named {name_or_id!r}.", hint=hint)
    if not found:
        hint = "`asterism projects list --deleted` lists those that can be restored."
        raise NotFound(f"There is no deleted project {name_or_id!r}.", hint=hint)
    return api.restore_project(found[0])


def find_workspace(api: Api, project_id: str, name_or_id: str) -> Workspace:
    """Return the workspace of a project by its id, its name, or the beginning of its id. Raises NotFound or Ambiguous.

    Of several with one name the person has to say which by its id.
    """
    everything = api.workspaces(project_id)
    found = [w for w in everything if w.id == name_or_id] or [w for w in everything if w.name == name_or_id]
    if not found and len(name_or_id) >= SHORTEST_PREFIX:
        found = [w for w in everything if w.id.startswith(name_or_id.upper())]
    if len(found) > 1:
        ids = ", ".join(workspace.id for workspace in found[:5])
        raise Ambiguous(f"{len(found)} workspaces go by {name_or_id!r}.", hint=f"Name one by its id: {ids}")
    if not found:
        raise NotFound(f"The project has no workspace {name_or_id!r}.", hint="`asterism workspace` lists them.")
    return found[0]


def main_workspace(api: Api, project: Project) -> Workspace | None:
    """Return the project's main workspace, else the one named `main`, else its oldest; None when it has none."""
    return min(
        api.workspaces(project.id),
        key=lambda w: (w.id != project.main_workspace_id, w.name != MAIN, w.created_at, w.id),
        default=None,
    )
