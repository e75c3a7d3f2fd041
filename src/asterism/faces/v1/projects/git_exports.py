"""`/v1/projects/:projectId/git-exports` (ours)."""

import msgspec

from asterism.base.errors import Invalid
from asterism.faces.v1.call import Call, post
from asterism.faces.v1.wire import Event
from asterism.features.versions import projects, snapshots, workspaces


class GitExport(msgspec.Struct):
    """What a client wrote to a git repository: the head of a workspace."""

    workspace_id: str
    snapshot_id: str


class EventAnswer(msgspec.Struct):
    """What was noted."""

    event: Event


@post("/v1/projects/{project_id:str}/git-exports")
def create(call: Call, project_id: str, body: GitExport) -> EventAnswer:
    """POST /v1/projects/:projectId/git-exports: note in the activity that the history was exported to git."""
    project = projects.get_project(call.tx, call.caller, project_id)
    workspace_id, snapshot_id = body.workspace_id, body.snapshot_id
    workspace = workspaces.find_in_project(call.tx, call.caller, project, workspace_id)
    if workspace is None:
        raise Invalid.field("workspace_id", "is no workspace of this project")
    snapshot = snapshots.find_in_project(call.tx, project, snapshot_id)
    if snapshot is None:
        raise Invalid.field("snapshot_id", "is no snapshot of this project")
    return EventAnswer(Event.of(workspaces.note_git_export(call.tx, call.caller, project, workspace, snapshot)))
