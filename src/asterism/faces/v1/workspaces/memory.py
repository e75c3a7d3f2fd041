"""`/v1/workspaces/:workspaceId/memory`: the workspace's memory document and its history."""

from typing import Any

from asterism.faces.v1 import wire_chats
from asterism.faces.v1.call import Call, get, put
from asterism.faces.v1.projects.memory import MAX_BODY, NewContent
from asterism.features.talk import memory


@get("/v1/workspaces/{workspace_id:str}/memory")
def read(call: Call[None]) -> Any:
    """GET /v1/workspaces/:workspaceId/memory: the document."""
    place = memory.place_of_workspace(call.tx, call.caller, call.path["workspace_id"])
    return wire_chats.document(memory.read(call.tx, place))


@put("/v1/workspaces/{workspace_id:str}/memory", body=NewContent, max_body=MAX_BODY)
def write(call: Call[NewContent]) -> Any:
    """PUT /v1/workspaces/:workspaceId/memory: replace the document."""
    place = memory.place_of_workspace(call.tx, call.caller, call.path["workspace_id"])
    new = memory.write(call.tx, place, call.body.content, expected_updated_at=call.body.expected_updated_at)
    return wire_chats.document(new)


@get("/v1/workspaces/{workspace_id:str}/memory/versions")
def versions(call: Call[None]) -> Any:
    """GET /v1/workspaces/:workspaceId/memory/versions: the document's history, newest first."""
    limit = call.query.limit(default=50, maximum=200)
    place = memory.place_of_workspace(call.tx, call.caller, call.path["workspace_id"])
    return {"versions": [wire_chats.version(one) for one in memory.list_versions(call.tx, place, limit)]}


@get("/v1/workspaces/{workspace_id:str}/memory/versions/{version:str}")
def version(call: Call[None]) -> Any:
    """GET /v1/workspaces/:workspaceId/memory/versions/:version: one version with its content."""
    place = memory.place_of_workspace(call.tx, call.caller, call.path["workspace_id"])
    return wire_chats.version(memory.get_version(call.tx, place, call.path["version"]))
