"""Find the snapshot that a person means: a tag, `head`, an id, a workspace's name, or the beginning of an id."""

from collections.abc import Iterator
from typing import Any

from asterism.base.errors import Conflict, NotFound
from asterism.client.api import Api
from asterism.client.models import Snapshot, Tag, Workspace
from asterism.client.projects import SHORTEST_PREFIX
from asterism.client.workcopy.state import Binding

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


def find_or_base(api: Api, binding: Binding, name: str | None) -> str:
    """Return the id of the snapshot that `name` means, by default of the one that a folder is based on.

    Raises what `find_snapshot` raises, NotFound also for a folder that is at no snapshot yet.
    """
    if name is not None:
        return find_snapshot(api, binding.project_id, binding.workspace_id, name).id
    if binding.base is None:
        raise NotFound("This folder is at no snapshot yet.", hint="Push first, or say which snapshot is meant.")
    return binding.base.snapshot_id


def history(
    api: Api, project_id: str, workspace_id: str, start: str | None, *, everything: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield snapshots as the server shows them, newest registration first: the ancestors of `start`, itself included.

    `start` is what `find_snapshot` takes (default: the head of the workspace). Raises what `find_snapshot` raises.
    """
    if everything:
        return api.workspace_snapshots(workspace_id, scope="project")
    if start in (None, HEAD):
        return api.workspace_snapshots(workspace_id)
    return _ancestors(api, workspace_id, find_snapshot(api, project_id, workspace_id, start or HEAD).id)


def _ancestors(api: Api, workspace_id: str, start: str) -> Iterator[dict[str, Any]]:
    wanted, waiting = {start}, list[dict[str, Any]]()
    for snapshot in api.workspace_snapshots(workspace_id, scope="project"):
        if snapshot["id"] in wanted:  # a parent is registered before what follows it, nearly always
            wanted.update(snapshot["parent_snapshot_ids"])
            yield snapshot
        else:
            waiting.append(snapshot)
    seen = len(waiting) + 1
    while len(waiting) < seen:
        seen = len(waiting)
        found = [snapshot for snapshot in waiting if snapshot["id"] in wanted]
        waiting = [snapshot for snapshot in waiting if snapshot["id"] not in wanted]
        wanted.update(parent for snapshot in found for parent in snapshot["parent_snapshot_ids"])
        yield from found


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
