"""`/v1/projects/:projectId/memory`: the project's memory document, its history, and search."""

from typing import Any

import msgspec

from asterism.faces.v1 import wire_chats
from asterism.faces.v1.call import Call, get, post, put
from asterism.features.talk import memory

MAX_BODY = 2 * 1024 * 1024  # JSON escaping never counts against the document's own limit


class NewContent(msgspec.Struct):
    """The new text; with `expected_updated_at` only if nobody changed it meanwhile."""

    content: str
    expected_updated_at: str | None = None


class Search(msgspec.Struct):
    """What to look for."""

    query: str
    workspace_id: str | None = None
    limit: int | None = None


@get("/v1/projects/{project_id:str}/memory")
def read(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/memory: the document."""
    place = memory.place_of_project(call.tx, call.caller, call.path["project_id"])
    return wire_chats.document(memory.read(call.tx, place))


@put("/v1/projects/{project_id:str}/memory", body=NewContent, max_body=MAX_BODY)
def write(call: Call[NewContent]) -> Any:
    """PUT /v1/projects/:projectId/memory: replace the document."""
    place = memory.place_of_project(call.tx, call.caller, call.path["project_id"])
    new = memory.write(call.tx, place, call.body.content, expected_updated_at=call.body.expected_updated_at)
    return wire_chats.document(new)


@get("/v1/projects/{project_id:str}/memory/versions")
def versions(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/memory/versions: the document's history, newest first."""
    limit = call.query.limit(default=50, maximum=200)
    place = memory.place_of_project(call.tx, call.caller, call.path["project_id"])
    return {"versions": [wire_chats.version(one) for one in memory.list_versions(call.tx, place, limit)]}


@get("/v1/projects/{project_id:str}/memory/versions/{version:str}")
def version(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/memory/versions/:version: one version with its content."""
    place = memory.place_of_project(call.tx, call.caller, call.path["project_id"])
    return wire_chats.version(memory.get_version(call.tx, place, call.path["version"]))


@post("/v1/projects/{project_id:str}/memory/search", body=Search, tx="read")
def search(call: Call[Search]) -> Any:
    """POST /v1/projects/:projectId/memory/search: find text in the memories of a project and its workspaces."""
    found = memory.search(
        call.tx,
        call.caller,
        call.path["project_id"],
        call.body.query,
        workspace_id=call.body.workspace_id,
        limit=memory.search_limit(call.body.limit),
    )
    return {"results": found}
