"""`/v1/projects` and `/v1/projects/:projectId`."""

from typing import Annotated

import msgspec
from msgspec import Meta

from asterism.asgi.answers import Created
from asterism.base.errors import Conflict, Invalid
from asterism.faces.shapes import all_copied
from asterism.faces.v1.call import Call, delete, get, patch, post
from asterism.faces.v1.wire import Done, Event, Project, ProjectAnswer, Snapshot, Workspace, workspaces_of
from asterism.features.versions import project_log, projects, snapshots, workspaces


class NewProject(msgspec.Struct):
    """A project to make."""

    name: str


class ProjectChange(msgspec.Struct):
    """What to change of a project."""

    name: str | None = None
    archived: bool | None = None


class ProjectsAsked(msgspec.Struct):
    """Which page of projects to read; `deleted` asks for those that can be restored."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 1000
    cursor: str | None = None
    deleted: bool = False


class EventsAsked(msgspec.Struct):
    """Which page of events to read."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    cursor: str | None = None


class OfWorkspace(msgspec.Struct):
    """The workspace to look at (default: main)."""

    workspace_id: str | None = None


class ProjectPage(msgspec.Struct):
    """A page of projects; `next_cursor` is null on the last one."""

    projects: list[Project]
    next_cursor: str | None


class SnapshotInsights(msgspec.Struct):
    """When the project was last merged and deployed, and how many snapshots came since (Fastest 3.1)."""

    last_merge_at: str | None
    last_deploy_at: str | None
    snapshots_since_last_merge: int | None
    snapshots_since_last_deploy: int | None


class WholeProject(msgspec.Struct):
    """A project with what belongs to it: all workspaces, the newest 10 snapshots and 20 events."""

    project: Project
    workspaces: list[Workspace]
    snapshots: list[Snapshot]
    events: list[Event]
    snapshot_insights: SnapshotInsights


class Activity(msgspec.Struct):
    """The last thing that happened."""

    type: str
    created_at: str


class ProjectStatus(msgspec.Struct):
    """What a client compares to see whether anything happened."""

    last_snapshot_id: str | None
    updated_at: str
    last_activity: Activity | None


class EventPage(msgspec.Struct):
    """A page of events; `next_cursor` is null on the last one."""

    events: list[Event]
    next_cursor: str | None


class CurrentTree(msgspec.Struct):
    """The tree that a project shows now, under both names of its hash."""

    manifestHash: str | None
    manifest_hash: str | None
    workspace_id: str | None
    snapshot_id: str | None


@post("/v1/projects", errors=(projects.LimitReached,))
def create(call: Call, body: NewProject) -> Created[ProjectAnswer]:
    """POST /v1/projects: make a project of the caller."""
    made = projects.create_project(call.tx, call.caller, name=body.name)
    return Created(ProjectAnswer(Project.of(made)))


@get("/v1/projects", tx="quick")
def index(call: Call, query: ProjectsAsked) -> ProjectPage:
    """GET /v1/projects: the caller's projects, last updated first."""
    page = projects.list_projects(
        call.tx, call.caller, limit=query.limit, cursor=query.cursor or None, deleted=query.deleted
    )
    return ProjectPage(all_copied(Project, page.items), page.next_cursor)


@get("/v1/projects/{project_id:str}")
def read(call: Call, project_id: str) -> WholeProject:
    """GET /v1/projects/:projectId: a project with its workspaces, newest snapshots and events, and insights."""
    project = projects.get_project(call.tx, call.caller, project_id)
    newest = snapshots.list_snapshots(call.tx, call.caller, project, limit=10)
    return WholeProject(
        Project.of(project),
        workspaces_of(call.tx, workspaces.list_workspaces(call.tx, call.caller, project)),
        [Snapshot.of(found) for found in newest.items],
        [Event.of(found) for found in project_log.newest_events(call.tx, call.caller, project.id, 20)],
        insights(call, project.id),
    )


def insights(call: Call, project_id: str) -> SnapshotInsights:
    """Return when the project was last merged and deployed, and how many snapshots came since."""
    merged = project_log.last_event_at(call.tx, project_id, "merge.completed")
    deployed = project_log.last_event_at(call.tx, project_id, "deployment.succeeded")
    return SnapshotInsights(
        merged,
        deployed,
        snapshots.count_since(call.tx, project_id, merged) if merged else None,
        snapshots.count_since(call.tx, project_id, deployed) if deployed else None,
    )


@get("/v1/projects/{project_id:str}/status")
def status(call: Call, project_id: str) -> ProjectStatus:
    """GET /v1/projects/:projectId/status: what a client polls to see whether anything happened."""
    project = projects.get_project(call.tx, call.caller, project_id)
    newest = project_log.newest_events(call.tx, call.caller, project.id, 1)
    last = Activity(newest[0].type, newest[0].created_at) if newest else None
    return ProjectStatus(project.last_snapshot_id, project.updated_at, last)


@get("/v1/projects/{project_id:str}/events")
def events(call: Call, project_id: str, query: EventsAsked) -> EventPage:
    """GET /v1/projects/:projectId/events: what happened, newest first."""
    project = projects.get_project(call.tx, call.caller, project_id)
    page = project_log.list_events(call.tx, call.caller, project.id, limit=query.limit, cursor=query.cursor or None)
    return EventPage([Event.of(found) for found in page.items], page.next_cursor)


@patch("/v1/projects/{project_id:str}")
def change(call: Call, project_id: str, body: ProjectChange) -> ProjectAnswer:
    """PATCH /v1/projects/:projectId: rename it, archive it, or take it up again."""
    if body.name is None and body.archived is None:
        raise Invalid.field("name", "is required, or archived is")
    if body.name is not None:
        projects.rename_project(call.tx, call.caller, project_id, body.name)
    if body.archived is not None:
        projects.archive_project(call.tx, call.caller, project_id, archived=body.archived)
    return ProjectAnswer(Project.of(projects.get_project(call.tx, call.caller, project_id)))


@delete("/v1/projects/{project_id:str}")
def remove(call: Call, project_id: str) -> Done:
    """DELETE /v1/projects/:projectId: hide it now, purge it after 30 days."""
    projects.delete_project(call.tx, call.caller, project_id)
    return Done()


@post("/v1/projects/{project_id:str}/restore", errors=((Conflict, "INVALID_STATE"), projects.LimitReached))
def restore(call: Call, project_id: str) -> ProjectAnswer:
    """POST /v1/projects/:projectId/restore: undo a delete."""
    return ProjectAnswer(Project.of(projects.restore_project(call.tx, call.caller, project_id)))


@get("/v1/projects/{project_id:str}/current-manifest", errors=(workspaces.NoTree,))
def current_manifest(call: Call, project_id: str, query: OfWorkspace) -> CurrentTree:
    """GET /v1/projects/:projectId/current-manifest: the tree that the project shows now."""
    manifest, workspace_id, snapshot_id = workspaces.current_tree(call.tx, call.caller, project_id, query.workspace_id)
    return CurrentTree(manifest, manifest, workspace_id, snapshot_id)
