"""`/v1/projects/:projectId/tags` (ours)."""

from typing import Any

import msgspec

from asterism.faces.v1.call import Call, delete, get, post
from asterism.features.versions import projects, snapshots


class NewTag(msgspec.Struct):
    """A name to give to a snapshot."""

    name: str
    snapshot_id: str


@get("/v1/projects/{project_id:str}/tags")
def index(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/tags: the names of snapshots, newest first."""
    limit = call.query.limit(default=100, maximum=1000)
    project = projects.get_project(call.tx, call.caller, call.path["project_id"])
    page = snapshots.list_tags(call.tx, project, limit=limit, cursor=call.query.cursor())
    return {"tags": page.items, "next_cursor": page.next_cursor}


@post("/v1/projects/{project_id:str}/tags", body=NewTag)
def create(call: Call[NewTag]) -> Any:
    """POST /v1/projects/:projectId/tags: give a snapshot a name."""
    project = projects.get_project(call.tx, call.caller, call.path["project_id"])
    return {"tag": snapshots.create_tag(call.tx, project, call.body.name, call.body.snapshot_id)}


@delete("/v1/projects/{project_id:str}/tags/{name:str}")
def remove(call: Call[None]) -> Any:
    """DELETE /v1/projects/:projectId/tags/:name: take a name away."""
    project = projects.get_project(call.tx, call.caller, call.path["project_id"])
    snapshots.delete_tag(call.tx, project, call.path["name"])
    return {"success": True}
