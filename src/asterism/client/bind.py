"""Bind a folder to a project's workspace, making what does not exist."""

import os
import socket

from asterism.base.errors import Conflict
from asterism.client.api import Api
from asterism.client.models import Project, Workspace
from asterism.client.projects import MAIN, find_project, main_workspace
from asterism.client.workcopy.apply import at_work
from asterism.client.workcopy.state import Binding, State


class BoundAlready(Conflict):
    """The folder belongs to another project."""

    code = "BOUND_ALREADY"


def bind(api: Api, top: str, name: str | None) -> Binding:
    """Bind the folder `top` to the project of that name or id (the folder's name without one).

    Binding it again to the same project changes nothing. Raises BoundAlready, Ambiguous, Busy.
    """
    state = State(top)
    with at_work(state):
        before = state.binding()
        if before is not None and before.server == api.http.url:
            if name is None or name in (before.project_id, before.project_name):
                return before
            raise BoundAlready(
                f"{top} belongs to the project {before.project_name!r} already.",
                hint="Remove its folder .asterism first if it is to belong to another.",
            )
        project, workspace = resolve(api, top, name)
        binding = Binding(api.http.url, project.id, project.name, workspace.id, workspace.name)
        state.save(binding)
        return binding


def resolve(api: Api, top: str, name: str | None) -> tuple[Project, Workspace]:
    """Return project and main workspace for a folder, both made when they do not exist."""
    name = name or os.path.basename(top) or "root"
    project = find_project(api, name) or api.create_project(name)
    workspace = main_workspace(api, project) or api.create_workspace(
        project.id, MAIN, local_path=top, machine_id=socket.gethostname()[:255] or None
    )
    return project, workspace
