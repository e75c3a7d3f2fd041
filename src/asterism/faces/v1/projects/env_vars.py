"""`/v1/projects/:projectId/env-vars`."""

from typing import Any

import msgspec
import structlog

from asterism.faces.v1.call import Call, delete, get, post, put
from asterism.features.versions import projects
from asterism.features.versions.projects import NewVar

MAX_BODY = 4 * 1024 * 1024

audit = structlog.get_logger("asterism.audit")


class Variable(msgspec.Struct):
    """A variable to set."""

    key: str
    value: str
    is_secret: bool | None = None

    def domain(self) -> NewVar:
        """Return it as the domain knows it."""
        return NewVar(self.key, self.value, self.is_secret)


class Variables(msgspec.Struct):
    """Variables to set together."""

    variables: list[Variable]


@get("/v1/projects/{project_id:str}/env-vars")
def index(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/env-vars: the variables by key, secret values masked."""
    return {"variables": projects.list_env_vars(call.tx, call.rt.secrets, call.caller, call.path["project_id"])}


@post("/v1/projects/{project_id:str}/env-vars", body=Variable)
def set_one(call: Call[Variable]) -> Any:
    """POST /v1/projects/:projectId/env-vars: set one variable."""
    new = [call.body.domain()]
    projects.set_env_vars(call.tx, call.rt.secrets, call.caller, call.path["project_id"], new, "")
    return {"success": True}


@put("/v1/projects/{project_id:str}/env-vars", body=Variables, max_body=MAX_BODY)
def set_many(call: Call[Variables]) -> Any:
    """PUT /v1/projects/:projectId/env-vars: set several variables, all or none."""
    new = [variable.domain() for variable in call.body.variables]
    count = projects.set_env_vars(call.tx, call.rt.secrets, call.caller, call.path["project_id"], new, "variables")
    return {"success": True, "count": count}


@delete("/v1/projects/{project_id:str}/env-vars/{key:str}")
def remove(call: Call[None]) -> Any:
    """DELETE /v1/projects/:projectId/env-vars/:key: remove a variable."""
    projects.delete_env_var(call.tx, call.caller, call.path["project_id"], call.path["key"])
    return {"success": True}


@get("/v1/projects/{project_id:str}/env-vars/values")
def values(call: Call[None]) -> Any:
    """GET /v1/projects/:projectId/env-vars/values: the values in clear, for deployments."""
    project_id = call.path["project_id"]
    found = projects.env_values(call.tx, call.rt.secrets, call.caller, project_id)
    audit.info("env values read", user=call.caller.user_id, token=call.caller.token_id, project=project_id)
    return {"variables": [{"key": one.key, "value": one.value, "is_secret": one.is_secret} for one in found]}
