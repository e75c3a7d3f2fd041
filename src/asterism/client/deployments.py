"""Deployments and variables of a project, as the command line speaks of them."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from asterism.base.errors import Invalid, NotFound, Unavailable
from asterism.client.api import Api
from asterism.client.events import read_events

_ROOT = "/v1/infrastructure"
Answer = dict[str, Any]
RETRY_SECONDS = 2.0


def deploy(api: Api, workspace_id: str) -> str:
    """Begin to deploy a workspace's head; return the deployment's id."""
    begun = api.http.json("POST", f"/v1/workspaces/{workspace_id}/deploy", Answer, body={})
    return str(begun["deployment_id"])


def deployments(api: Api, workspace_id: str, limit: int) -> list[Answer]:
    """Return deployments of a workspace, newest first."""
    path = f"{_ROOT}/workspaces/{workspace_id}/deployments"
    return list(api.http.json("GET", path, Answer, query={"limit": limit})["deployments"])


def deployment(api: Api, deployment_id: str) -> Answer:
    """Return one deployment. Raises NotFound."""
    return dict(api.http.json("GET", f"{_ROOT}/deployments/{deployment_id}", Answer)["deployment"])


def find_deployment(api: Api, workspace_id: str, name: str) -> Answer:
    """Return the deployment of a workspace with that id, or whose id ends so. Raises NotFound or Invalid."""
    if len(name) == 26:
        return deployment(api, name)
    found = [one for one in deployments(api, workspace_id, 100) if one["id"].endswith(name.upper())]
    if not found:
        raise NotFound(f"There is no deployment {name!r} here.", hint="`asterism deployments` lists them.")
    if len(found) > 1:
        raise Invalid(f"Several deployments end in {name!r}.", hint="Write more of the id.")
    return found[0]


def roll_back(api: Api, deployment_id: str) -> str:
    """Begin to repeat a deployment; return the id of the new one."""
    answer = api.http.json("POST", f"{_ROOT}/deployments/{deployment_id}/rollback", Answer, body={})
    return str(answer["deployment"]["id"])


def log(api: Api, deployment_id: str) -> list[Answer]:
    """Return what a deployment said so far."""
    return list(api.http.json("GET", f"{_ROOT}/deployments/{deployment_id}/logs", Answer)["log"]["entries"])


def follow(
    api: Api, deployment_id: str, *, forever: bool, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Answer]:
    """Yield the lines of a log as they come, until the deployment has ended; `forever` goes on with the app's own.

    A lost connection is made again. `sleep` is a seam for tests.
    """
    path, after = f"{_ROOT}/deployments/{deployment_id}/logs/stream", 0
    while True:
        try:
            with api.http.stream("GET", path, query={"after": after, "app": str(forever).lower()}) as pieces:
                for event in read_events(pieces, last=frozenset({"ended"})):
                    after = after if event.seq is None else event.seq
                    yield from event.data.get("entries", ())
            return
        except Unavailable:
            sleep(RETRY_SECONDS)


def variables(api: Api, project_id: str) -> list[Answer]:
    """Return the variables of a project, secret values masked."""
    return list(api.http.json("GET", f"/v1/projects/{project_id}/env-vars", Answer)["variables"])


def set_variables(api: Api, project_id: str, values: dict[str, str], *, secret: bool | None) -> None:
    """Set variables, all or none; `secret` None leaves that of known ones."""
    new = [{"key": key, "value": value, "is_secret": secret} for key, value in values.items()]
    api.http.json("PUT", f"/v1/projects/{project_id}/env-vars", Answer, body={"variables": new})


def unset_variable(api: Api, project_id: str, key: str) -> None:
    """Remove a variable. Raises NotFound when there is none."""
    if all(one["key"] != key for one in variables(api, project_id)):
        raise NotFound(f"There is no variable {key!r}.", hint="`asterism env list` shows them.")
    api.http.json("DELETE", f"/v1/projects/{project_id}/env-vars/{key}", Answer)
