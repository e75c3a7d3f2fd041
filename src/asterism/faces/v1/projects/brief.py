"""`/v1/projects/:projectId/brief`."""

from typing import Any

import msgspec

from asterism.faces.v1.call import Call, get, patch
from asterism.features.versions import projects


class BriefChange(msgspec.Struct):
    """What to change; null clears."""

    intent: str | msgspec.UnsetType | None = msgspec.UNSET
    brief: dict[str, Any] | str | msgspec.UnsetType | None = msgspec.UNSET


class Brief(msgspec.Struct):
    """What the project is for; `brief` is an object or a text."""

    id: str
    intent: str | None
    brief: Any


class BriefAnswer(msgspec.Struct):
    """What the project is for, in both places where clients look."""

    project: Brief
    intent: str | None
    brief: Any


class BriefSet(msgspec.Struct):
    """What the project is for now."""

    success: bool
    intent: str | None
    brief: Any


@get("/v1/projects/{project_id:str}/brief")
def read(call: Call, project_id: str) -> BriefAnswer:
    """GET /v1/projects/:projectId/brief: what the project is for."""
    project = projects.get_project(call.tx, call.caller, project_id)
    return BriefAnswer(Brief(project.id, project.intent, project.brief), project.intent, project.brief)


@patch("/v1/projects/{project_id:str}/brief")
def change(call: Call, project_id: str, body: BriefChange) -> BriefSet:
    """PATCH /v1/projects/:projectId/brief: say what the project is for."""
    given = {"intent": body.intent, "brief": body.brief}
    changes = {name: value for name, value in given.items() if value is not msgspec.UNSET}
    project = projects.set_brief(call.tx, call.caller, project_id, changes)
    return BriefSet(success=True, intent=project.intent, brief=project.brief)
