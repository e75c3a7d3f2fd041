"""Find the snapshot that a person means: a tag, an id, or the beginning of an id."""

from asterism.base.errors import Conflict, NotFound
from asterism.client.api import Api
from asterism.client.models import Snapshot, Tag

SHORTEST_PREFIX = 4
HEAD = "head"


def find_snapshot(api: Api, project_id: str, workspace_id: str, name: str) -> Snapshot:
    """Return the snapshot of the project that `name` means. Raises NotFound, or Conflict when several begin like it."""
    for tag in tags(api, project_id):
        if tag.name == name:
            return api.snapshot(tag.snapshot_id, project_id=project_id)
    if name == HEAD:
        head = api.workspace(workspace_id).current_snapshot_id
        if head is not None:
            return api.snapshot(head, project_id=project_id)
    try:
        found = api.snapshot(name, project_id=project_id)
        if found.project_id == project_id:
            return found
    except NotFound:
        pass
    return _by_prefix(api, project_id, name)


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
        raise NotFound(f"The project has no snapshot or tag {name!r}.", hint="`asterism log` lists the snapshots.")
    if len(matches) > 1:
        raise Conflict(f"{len(matches)} snapshots begin with {name!r}.", code="AMBIGUOUS", hint="Give more of the id.")
    return matches[0]
