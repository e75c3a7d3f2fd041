"""`/v1/projects/:projectId/workspaces`."""

import msgspec

from asterism.asgi.answers import Created
from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.wire import Workspace, WorkspaceAnswer, WorkspaceWithDrift, with_drift
from asterism.features.versions import projects, workspaces
from asterism.features.versions.workspaces import NewWorkspace


class WorkspaceToMake(msgspec.Struct):
    """A workspace to make; a name, or a type with an identifier, is required."""

    name: str | None = None
    machine_id: str | None = None
    base_snapshot_id: str | None = None
    fork_snapshot_id: str | None = None
    local_path: str | None = None
    type: str | None = None
    identifier: str | None = None


class WorkspaceList(msgspec.Struct):
    """Workspaces, newest first."""

    workspaces: list[WorkspaceWithDrift]


@post("/v1/projects/{project_id:str}/workspaces", errors=(projects.LimitReached,))
def create(call: Call, project_id: str, body: WorkspaceToMake) -> Created[WorkspaceAnswer]:
    """POST /v1/projects/:projectId/workspaces: make a workspace."""
    new = NewWorkspace(
        name=body.name,
        type=body.type,
        identifier=body.identifier,
        machine_id=body.machine_id,
        base_snapshot_id=body.base_snapshot_id or body.fork_snapshot_id,
        local_path=body.local_path,
    )
    made = workspaces.create_workspace(call.tx, call.caller, project_id, new)
    return Created(WorkspaceAnswer(Workspace.of(made)))


@get("/v1/projects/{project_id:str}/workspaces")
def index(call: Call, project_id: str) -> WorkspaceList:
    """GET /v1/projects/:projectId/workspaces: the workspaces, newest first, each with its latest drift report."""
    project = projects.get_project(call.tx, call.caller, project_id)
    found = workspaces.list_workspaces(call.tx, call.caller, project)
    return WorkspaceList(with_drift(call.tx, found))
