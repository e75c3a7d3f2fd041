"""`/v1/projects/:projectId/findings`: what reviews have found in a project, and where it stands (ours)."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from asterism.faces.v1.call import Call, get
from asterism.faces.v1.wire_findings import FindingList
from asterism.features.review import tracked_findings
from asterism.features.versions.workspaces import UnknownWorkspace


class FindingsAsked(msgspec.Struct):
    """A page of findings: of a status, in a workspace, of a file."""

    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: str | None = None
    status: Literal["open", "fixed", "dismissed"] | None = None
    workspace_id: str | None = None
    path: str | None = None


@get("/v1/projects/{project_id:str}/findings", errors=(UnknownWorkspace,))
def index(call: Call, project_id: str, query: FindingsAsked) -> FindingList:
    """GET /v1/projects/:projectId/findings: findings of reviews, newest first, with the workspaces they are in."""
    page = tracked_findings.list_findings(
        call.tx,
        call.caller,
        project_id,
        status=query.status,
        workspace_id=query.workspace_id,
        path=query.path,
        limit=query.limit,
        cursor=query.cursor or None,
    )
    return FindingList.of(page, query.workspace_id)
