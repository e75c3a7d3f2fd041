"""`/v1/projects/:projectId/workspaces`."""

from typing import Any

import msgspec

from asterism.faces.v1 import wire
from asterism.faces.v1.call import Call, get, post
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


@post("/v1/projects/{project_id:str}/workspaces", body=WorkspaceToMake, status=201)
def create(call: Call[WorkspaceToMake]) -> Any:
    """POST /v1/projects/:projectId/workspaces: make a workspace."""
    body = call.body
    new = NewWorkspace(
        name=body.name,
        type=body.type,
        identifier=body.identifier,
        machine_id=body.machine_id,
        base_snapshot_id=body.base_snapshot_id or body.fork_snapshot_id,
        local_path=body.local_path,
    )
    return {
        "workspace": wire.workspace(workspaces.create_workspace(call.tx, call.caller, call.path["project_id"], new))
    }


@get("/v1/projects/{project_id:str}/workspaces")
def index(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/workspaces: the workspaces, newest first, each with its latest drift report."""
    project = projects.get_project(call.tx, call.caller, call.path["project_id"])
    found = workspaces.list_workspaces(call.tx, call.caller, project)
    return {"workspaces": [{**wire.workspace(one), "drift": None} for one in found]}
