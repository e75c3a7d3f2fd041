"""`/v1/workspaces/:workspaceId/memory`: the workspace's memory document and its history."""

from asterism.faces.v1.call import Call, get, put
from asterism.faces.v1.projects.memory import (
    MAX_BODY,
    ListedVersion,
    MemoryBlame,
    MemoryDocument,
    MemoryVersion,
    MemoryVersions,
    NewContent,
    Newest,
)
from asterism.features.talk import memory


@get("/v1/workspaces/{workspace_id:str}/memory")
def read(call: Call, workspace_id: str) -> MemoryDocument:
    """GET /v1/workspaces/:workspaceId/memory: the document."""
    place = memory.place_of_workspace(call.tx, call.caller, workspace_id)
    return MemoryDocument.of(memory.read(call.tx, place))


@put("/v1/workspaces/{workspace_id:str}/memory", max_body=MAX_BODY, errors=(memory.MemoryConflict,))
def write(call: Call, workspace_id: str, body: NewContent) -> MemoryDocument:
    """PUT /v1/workspaces/:workspaceId/memory: replace the document."""
    place = memory.place_of_workspace(call.tx, call.caller, workspace_id)
    return body.save(call.tx, place, call.caller.client)


@get("/v1/workspaces/{workspace_id:str}/memory/versions")
def versions(call: Call, workspace_id: str, query: Newest) -> MemoryVersions:
    """GET /v1/workspaces/:workspaceId/memory/versions: the document's history, newest first."""
    place = memory.place_of_workspace(call.tx, call.caller, workspace_id)
    return MemoryVersions([ListedVersion.of(one) for one in memory.list_versions(call.tx, place, query.limit)])


@get("/v1/workspaces/{workspace_id:str}/memory/versions/{version:str}")
def version(call: Call, workspace_id: str, version: str) -> MemoryVersion:
    """GET /v1/workspaces/:workspaceId/memory/versions/:version: one version with its content."""
    place = memory.place_of_workspace(call.tx, call.caller, workspace_id)
    return MemoryVersion.of(memory.get_version(call.tx, place, version))


@get("/v1/workspaces/{workspace_id:str}/memory/blame")
def blame(call: Call, workspace_id: str) -> MemoryBlame:
    """GET /v1/workspaces/:workspaceId/memory/blame: the document's lines, each with the version that brought it."""
    return MemoryBlame.of(memory.blame(call.tx, memory.place_of_workspace(call.tx, call.caller, workspace_id)))
