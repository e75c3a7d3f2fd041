"""Find the snapshot that a person means: a tag, `head`, an id, a workspace's name, or the beginning of an id."""

from asterism.base.errors import Conflict, NotFound
from asterism.client.api import Api
from asterism.client.models import Snapshot, Tag, Workspace
from asterism.client.projects import SHORTEST_PREFIX

HEAD = "head"


def find_snapshot(api: Api, project_id: str, workspace_id: str | None, name: str) -> Snapshot:
    """Return the snapshot of the project that `name` means; `head` is that of the workspace `workspace_id`.

    Where a name means several things, the first in the order of this module's docstring counts. Raises NotFound, or
    Conflict when several snapshots begin like it.
    """
    for tag in tags(api, project_id):
        if tag.name == name:
            return api.snapshot(tag.snapshot_id, project_id=project_id)
    if name == HEAD and workspace_id is not None:
        return head_of(api, api.workspace(workspace_id))
    try:
        found = api.snapshot(name, project_id=project_id)
        if found.project_id == project_id:
            return found
    except NotFound:
        pass
    named = [each for each in api.workspaces(project_id) if name in (each.name, each.id)]
    if len(named) > 1:
        raise Conflict(f"{len(named)} workspaces are named {name!r}.", code="AMBIGUOUS", hint="Give one by its id.")
    return head_of(api, named[0]) if named else _by_prefix(api, project_id, name)


def head_of(api: Api, workspace: Workspace) -> Snapshot:
    """Return the head of a workspace. Raises NotFound when it has none yet."""
    if workspace.current_snapshot_id is None:
        raise NotFound(f"The workspace {workspace.name!r} has no snapshot yet.", hint="`asterism push` makes one.")
    return api.snapshot(workspace.current_snapshot_id, project_id=workspace.project_id)


def tags(api: Api, project_id: str) -> list[Tag]:
    """Return the project's tags; none where the server has no tags at all."""
    try:
        return api.tags(project_id)
    except NotFound:
        return []


def _by_prefix(api: Api, project_id: str, name: str) -> Snapshot:
    matches: list[Snapshot] = []
    if len(name) >= SHORTEST_PREFIX:
        matches = [snapshot for snapshot in api.snapshots(project_id) if snapshot.id.startswith(name)]
    if not matches:
        raise NotFound(
            f"The project has no snapshot, tag or workspace {name!r}.", hint="`asterism log` lists the snapshots."
        )
    if len(matches) > 1:
        raise Conflict(f"{len(matches)} snapshots begin with {name!r}.", code="AMBIGUOUS", hint="Give more of the id.")
    return matches[0]
