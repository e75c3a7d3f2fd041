"""`/v1/projects` and `/v1/projects/:projectId`."""

from typing import Any

import msgspec

from asterism.base.errors import Invalid
from asterism.faces.v1 import wire
from asterism.faces.v1.call import Call, delete, get, patch, post
from asterism.features.versions import projects, snapshots, workspaces


class NewProject(msgspec.Struct):
    """A project to make."""

    name: str


class ProjectChange(msgspec.Struct):
    """What to change of a project."""

    name: str | None = None
    archived: bool | None = None


@post("/v1/projects", body=NewProject, status=201)
def create(call: Call[NewProject]) -> Any:
    """POST /v1/projects: make a project of the caller."""
    return {"project": wire.project(projects.create_project(call.tx, call.caller, name=call.body.name))}


@get("/v1/projects")
def index(call: Call[None]) -> Any:
    """GET /v1/projects: the caller's projects, last updated first."""
    limit = call.query.limit(default=1000, maximum=1000)
    page = projects.list_projects(call.tx, call.caller, limit=limit, cursor=call.query.cursor())
    return {"projects": [wire.project(found) for found in page.items], "next_cursor": page.next_cursor}


@get("/v1/projects/{project_id:str}")
def read(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId: a project with its workspaces, newest snapshots and events, and insights."""
    project = projects.get_project(call.tx, call.caller, call.path["project_id"])
    newest = snapshots.list_snapshots(call.tx, call.caller, project, limit=10)
    return {
        "project": wire.project(project),
        "workspaces": [wire.workspace(found) for found in workspaces.list_workspaces(call.tx, call.caller, project)],
        "snapshots": [wire.snapshot(found) for found in newest.items],
        "events": [wire.event(found) for found in projects.newest_events(call.tx, call.caller, project.id, 20)],
        "snapshot_insights": insights(call, project.id),
    }


def insights(call: Call[None], project_id: str) -> dict[str, Any]:
    """Return when the project was last merged and deployed, and how many snapshots came since (Fastest 3.1)."""
    merged = projects.last_event_at(call.tx, project_id, "merge.completed")
    deployed = projects.last_event_at(call.tx, project_id, "deployment.succeeded")
    return {
        "last_merge_at": merged,
        "last_deploy_at": deployed,
        "snapshots_since_last_merge": snapshots.count_since(call.tx, project_id, merged) if merged else None,
        "snapshots_since_last_deploy": snapshots.count_since(call.tx, project_id, deployed) if deployed else None,
    }


@get("/v1/projects/{project_id:str}/status")
def status(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/status: what a client polls to see whether anything happened."""
    project = projects.get_project(call.tx, call.caller, call.path["project_id"])
    newest = projects.newest_events(call.tx, call.caller, project.id, 1)
    last = {"type": newest[0].type, "created_at": newest[0].created_at} if newest else None
    return {"last_snapshot_id": project.last_snapshot_id, "updated_at": project.updated_at, "last_activity": last}


@get("/v1/projects/{project_id:str}/events")
def events(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/events: what happened, newest first."""
    limit = call.query.limit(default=20, maximum=100)
    project = projects.get_project(call.tx, call.caller, call.path["project_id"])
    page = projects.list_events(call.tx, call.caller, project.id, limit=limit, cursor=call.query.cursor())
    return {"events": [wire.event(found) for found in page.items], "next_cursor": page.next_cursor}


@patch("/v1/projects/{project_id:str}", body=ProjectChange)
def change(call: Call[ProjectChange]) -> Any:
    """PATCH /v1/projects/:projectId: rename it, archive it, or take it up again."""
    if call.body.name is None and call.body.archived is None:
        raise Invalid.field("name", "is required, or archived is")
    project_id = call.path["project_id"]
    if call.body.name is not None:
        projects.rename_project(call.tx, call.caller, project_id, call.body.name)
    if call.body.archived is not None:
        projects.archive_project(call.tx, call.caller, project_id, archived=call.body.archived)
    return {"project": wire.project(projects.get_project(call.tx, call.caller, project_id))}


@delete("/v1/projects/{project_id:str}")
def remove(call: Call[None]) -> Any:
    """DELETE /v1/projects/:projectId: hide it now, purge it after 30 days."""
    projects.delete_project(call.tx, call.caller, call.path["project_id"])
    return {"success": True}


@post("/v1/projects/{project_id:str}/restore")
def restore(call: Call[None]) -> Any:
    """POST /v1/projects/:projectId/restore: undo a delete."""
    return {"project": wire.project(projects.restore_project(call.tx, call.caller, call.path["project_id"]))}


@get("/v1/projects/{project_id:str}/current-manifest")
def current_manifest(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/current-manifest: the tree that the project shows now."""
    manifest, workspace_id, snapshot_id = workspaces.current_tree(
        call.tx, call.caller, call.path["project_id"], call.query.text("workspace_id")
    )
    return {
        "manifestHash": manifest,
        "manifest_hash": manifest,
        "workspace_id": workspace_id,
        "snapshot_id": snapshot_id,
    }
