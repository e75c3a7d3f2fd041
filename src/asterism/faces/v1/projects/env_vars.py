"""`/v1/projects/:projectId/env-vars`."""

from typing import Self

import msgspec
import structlog

from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, delete, get, post, put
from asterism.faces.v1.wire import Done
from asterism.features.talk import conversations
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


class VariableList(msgspec.Struct):
    """Variables to set together."""

    variables: list[Variable]


class EnvVar(msgspec.Struct):
    """A variable; the value of a secret one is masked."""

    id: str
    project_id: str
    key: str
    value: str
    is_secret: bool
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, found: projects.EnvVar) -> Self:
        """Write a variable."""
        return copied(cls, found)


class EnvVars(msgspec.Struct):
    """Variables, by key."""

    variables: list[EnvVar]


class EnvVarsSet(msgspec.Struct):
    """How many variables were set."""

    success: bool
    count: int


class ValuesAsked(msgspec.Struct):
    """Which values to read: those of these keys, with commas between (default: all)."""

    keys: str | None = None


class EnvValue(msgspec.Struct):
    """A variable in clear."""

    key: str
    value: str
    is_secret: bool


class EnvValues(msgspec.Struct):
    """Variables in clear."""

    variables: list[EnvValue]


@get("/v1/projects/{project_id:str}/env-vars")
def index(call: Call, project_id: str) -> EnvVars:
    """GET /v1/projects/:projectId/env-vars: the variables by key, secret values masked."""
    found = projects.list_env_vars(call.tx, call.rt.secrets, call.caller, project_id)
    return EnvVars([EnvVar.of(one) for one in found])


@post("/v1/projects/{project_id:str}/env-vars", errors=(projects.LimitReached,))
def set_one(call: Call, project_id: str, body: Variable) -> Done:
    """POST /v1/projects/:projectId/env-vars: set one variable."""
    new = [body.domain()]
    projects.set_env_vars(call.tx, call.rt.secrets, call.caller, project_id, new, "")
    return Done()


@put("/v1/projects/{project_id:str}/env-vars", max_body=MAX_BODY, errors=(projects.LimitReached,))
def set_many(call: Call, project_id: str, body: VariableList) -> EnvVarsSet:
    """PUT /v1/projects/:projectId/env-vars: set several variables, all or none."""
    new = [variable.domain() for variable in body.variables]
    count = projects.set_env_vars(call.tx, call.rt.secrets, call.caller, project_id, new, "variables")
    return EnvVarsSet(success=True, count=count)


@delete("/v1/projects/{project_id:str}/env-vars/{key:str}")
def remove(call: Call, project_id: str, key: str) -> Done:
    """DELETE /v1/projects/:projectId/env-vars/:key: remove a variable."""
    projects.delete_env_var(call.tx, call.caller, project_id, key)
    return Done()


@get("/v1/projects/{project_id:str}/env-vars/values", errors=(conversations.GrantRequired,))
async def values(call: Call, project_id: str, query: ValuesAsked) -> EnvValues:
    """GET /v1/projects/:projectId/env-vars/values: values in clear, for deployments and for turns with a grant."""
    keys = [key for key in (query.keys or "").split(",") if key]
    if call.caller.scope.name == "agent":
        found = await call.rt.turns.read_values(call.caller, project_id, keys)
    else:
        found = await call.rt.db.run_read(projects.env_values, call.rt.secrets, call.caller, project_id)
        found = [one for one in found if not keys or one.key in keys]
    audit.info("env values read", user=call.caller.user_id, token=call.caller.token_id, project=project_id)
    return EnvValues([EnvValue(one.key, one.value, one.is_secret) for one in found])
