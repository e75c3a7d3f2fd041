"""Bind a folder to a project's workspace, making what does not exist."""

import os
import socket
from dataclasses import dataclass

from asterism.base.errors import Conflict, Invalid
from asterism.client.api import Api
from asterism.client.models import Project, Workspace
from asterism.client.projects import MAIN, find_project, find_workspace, main_workspace
from asterism.client.servers import bound_elsewhere, same_server
from asterism.client.workcopy.apply import at_work
from asterism.client.workcopy.state import Binding, State


class BoundAlready(Conflict):
    """The folder belongs to another project."""

    code = "BOUND_ALREADY"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a folder belongs or is to belong: what is None does not exist yet."""

    name: str
    project: Project | None
    workspace: Workspace | None


def bind(api: Api, top: str, name: str | None, *, workspace: str | None = None, rebind: bool = False) -> Binding:
    """Bind the folder `top` to the project of that name or id (default: the folder's name) and to a workspace of it.

    Binding it again to the same place changes nothing; binding it to another one wants `rebind`, and forgets the
    snapshot that it was based on. Raises BoundAlready, BoundElsewhere, Ambiguous, NotFound, Busy.
    """
    state = State(top)
    with at_work(state):
        before = state.binding()
        if before is not None and not rebind:
            require_place(before, top, api.http.url, name)
            if workspace is None or workspace in (before.workspace_id, before.workspace_name):
                return before
            raise already(top, before, "workspace")
        found, made = make_place(api, top, find_place(api, top, name), workspace)
        binding = Binding(api.http.url, found.id, found.name, made.id, made.name)
        if before is not None and same_server(before.server, api.http.url) and before.project_id == found.id:
            binding.base, binding.head = before.base, made.current_snapshot_id
        state.save(binding)
        return binding


def require_place(binding: Binding, top: str, server: str, project: str | None) -> None:
    """Check that a binding is to this server and project (None: any). Raises BoundElsewhere or BoundAlready."""
    if not same_server(binding.server, server):
        raise bound_elsewhere(top, binding.server, server)
    if project is not None and project not in (binding.project_id, binding.project_name):
        raise already(top, binding, "project")


def already(top: str, binding: Binding, what: str) -> BoundAlready:
    """Say that the folder belongs to another project or workspace."""
    where = f"project {binding.project_name!r}"
    hint = "Give --rebind if it is to belong to another."
    if what == "workspace":
        where = f"workspace {binding.workspace_name!r} of the {where}"
        hint = "Use `asterism workspace switch` to go to another one."
    return BoundAlready(f"{top} belongs to the {where}.", hint=hint)


def find_place(api: Api, top: str, name: str | None) -> Place:
    """Return project and main workspace for a folder as far as they exist; nothing is made.

    Raises Ambiguous, Invalid for a name of blanks: a variable without a value means no project at all.
    """
    if name is not None and not name.strip():
        raise Invalid("The name of the project is empty.", hint="Give its name or id.")
    name = name or os.path.basename(top) or "root"
    project = find_project(api, name)
    return Place(name, project, main_workspace(api, project) if project is not None else None)


def make_place(api: Api, top: str, place: Place, workspace: str | None = None) -> tuple[Project, Workspace]:
    """Return project and workspace of a place, made when they do not exist. Raises NotFound for `workspace`."""
    project = place.project or api.create_project(place.name)
    if workspace is not None:
        return project, find_workspace(api, project.id, workspace)
    return project, place.workspace or api.create_workspace(
        project.id, MAIN, local_path=top, machine_id=socket.gethostname()[:255] or None
    )
