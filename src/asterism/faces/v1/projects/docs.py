"""`/v1/projects/:projectId/docs`."""

from typing import Any

from asterism.faces.v1.call import Call, get
from asterism.features.versions import docs
from asterism.features.versions.docs import WorkspaceDocs


@get("/v1/projects/{project_id:str}/docs")
def index(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/docs: the documentation files of every workspace."""
    found = docs.list_docs(call.tx, call.caller, call.path["project_id"])
    return {
        "workspaces": [workspace_docs(one) for one in found],
        "total_files": sum(len(one.files) for one in found),
        "truncated": any(one.truncated for one in found),
    }


def workspace_docs(found: WorkspaceDocs) -> dict[str, Any]:
    """Write the files of one workspace; each names its workspace as well."""
    place = {"workspace_id": found.workspace_id, "workspace_name": found.workspace_name}
    files = [{"path": file.path, **place, "size": file.size, "hash": file.hash} for file in found.files]
    return {**place, "files": files}


@get("/v1/projects/{project_id:str}/docs/content")
def content(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/docs/content: one text file of a workspace."""
    workspace_id, path = call.query.required("workspace"), call.query.required("path")
    return docs.read_document(call.tx, call.rt.blobs, call.caller, call.path["project_id"], workspace_id, path)
