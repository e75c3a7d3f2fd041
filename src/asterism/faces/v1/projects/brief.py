"""`/v1/projects/:projectId/brief`."""

from typing import Any

import msgspec

from asterism.faces.v1.call import Call, get, patch
from asterism.features.versions import projects


class BriefChange(msgspec.Struct):
    """What to change; null clears."""

    intent: str | msgspec.UnsetType | None = msgspec.UNSET
    brief: dict[str, Any] | str | msgspec.UnsetType | None = msgspec.UNSET


@get("/v1/projects/{project_id:str}/brief")
def read(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/brief: what the project is for."""
    project = projects.get_project(call.tx, call.caller, call.path["project_id"])
    found = {"intent": project.intent, "brief": project.brief}
    return {"project": {"id": project.id, **found}, **found}


@patch("/v1/projects/{project_id:str}/brief", body=BriefChange)
def change(call: Call[BriefChange]) -> Any:
    """PATCH /v1/projects/:projectId/brief: say what the project is for."""
    given = {"intent": call.body.intent, "brief": call.body.brief}
    changes = {name: value for name, value in given.items() if value is not msgspec.UNSET}
    project = projects.set_brief(call.tx, call.caller, call.path["project_id"], changes)
    return {"success": True, "intent": project.intent, "brief": project.brief}
