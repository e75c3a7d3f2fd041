"""Railway's public API: GraphQL for projects, services, variables, deployments and domains; an upload beside it.

A token goes to the operator's address alone: no redirect is followed. Answers are bounded in time and size; one that
cannot be understood is `CloudFailed`, with what Railway said of it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from asterism.kernel.clouds.calls import ASKS_WITHIN, MOST_TOLD, member, send
from asterism.kernel.clouds.port import CloudFailed, CloudMissing

UPLOADS_WITHIN: Final = 600.0
MAX_LINES: Final = 5_000
_CHUNK: Final = 1 << 16
_GRAPHQL: Final = "/graphql/v2"

_PROJECT = "mutation($input: ProjectCreateInput!) { projectCreate(input: $input) { id } }"
_PROJECTS = "query { projects { edges { node { id name } } } }"
_PARTS = (
    "query($id: String!) { project(id: $id) { environments { edges { node { id name } } }"
    " services { edges { node { id name } } } } }"
)
_SERVICE = "mutation($input: ServiceCreateInput!) { serviceCreate(input: $input) { id } }"
_VARIABLES = "mutation($input: VariableCollectionUpsertInput!) { variableCollectionUpsert(input: $input) }"
_COMMANDS = (
    "mutation($serviceId: String!, $environmentId: String, $input: ServiceInstanceUpdateInput!)"
    " { serviceInstanceUpdate(serviceId: $serviceId, environmentId: $environmentId, input: $input) }"
)
_STATE = "query($id: String!) { deployment(id: $id) { status } }"
_BUILD_LOGS = "query($id: String!, $limit: Int) { buildLogs(deploymentId: $id, limit: $limit) { message } }"
_DOMAINS = (
    "query($projectId: String!, $environmentId: String!, $serviceId: String!)"
    " { domains(projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId)"
    " { serviceDomains { domain } } }"
)
_DOMAIN = "mutation($input: ServiceDomainCreateInput!) { serviceDomainCreate(input: $input) { domain } }"


@dataclass(frozen=True, slots=True)
class RailwayPlace:
    """Where an app is at Railway."""

    project: str
    environment: str
    service: str


@dataclass(frozen=True, slots=True)
class Railway:
    """One account. `url` is the address of the GraphQL API, up to `/graphql/v2`; the upload lies beside it."""

    url: str
    token: str = field(repr=False)
    seconds: float = ASKS_WITHIN

    async def place_for(self, name: str, project_id: str | None) -> RailwayPlace:
        """Return the place of the service `name`, made where there is none, and so is a project of that name.

        `project_id` is the project to use instead. Raises CloudFailed.
        """
        project = project_id or await self._project(name)
        found = await self.ask(_PARTS, {"id": project})
        environments = nodes_of(found, "project", "environments")
        if not environments:
            raise CloudFailed("Railway knows no environment of the project.")
        environment = environments.get("production") or next(iter(environments.values()))
        service = nodes_of(found, "project", "services").get(name)
        if service is None:
            made = await self.ask(_SERVICE, {"input": {"projectId": project, "name": name}})
            service = text_of(made, "serviceCreate", "id")
        return RailwayPlace(project, environment, service)

    async def _project(self, name: str) -> str:
        known = nodes_of(await self.ask(_PROJECTS, {}), "projects").get(name)
        return known or text_of(await self.ask(_PROJECT, {"input": {"name": name}}), "projectCreate", "id")

    async def set_variables(self, place: RailwayPlace, variables: Mapping[str, str]) -> None:
        """Replace the variables of a service. Raises CloudFailed."""
        wanted = {"variables": dict(variables), "replace": True, "skipDeploys": True}
        where = {"projectId": place.project, "environmentId": place.environment, "serviceId": place.service}
        await self.ask(_VARIABLES, {"input": where | wanted})

    async def set_commands(self, place: RailwayPlace, build: str | None, start: str | None, root: str) -> None:
        """Say how a service is built and started; None leaves that to Railway. Raises CloudFailed."""
        wanted = {"buildCommand": build, "startCommand": start, "rootDirectory": f"/{root}" if root else None}
        where = {"serviceId": place.service, "environmentId": place.environment}
        await self.ask(_COMMANDS, {**where, "input": wanted})

    async def upload(self, place: RailwayPlace, archive: Path) -> str:
        """Upload a tree as a gzipped tar; return the id of the deployment that begins. Raises CloudFailed."""
        base = self.url.removesuffix(_GRAPHQL)
        url = f"{base}/project/{place.project}/environment/{place.environment}/up?serviceId={place.service}"
        size = (await asyncio.to_thread(archive.stat)).st_size
        headers = {"content-type": "multipart/form-data", "content-length": str(size)}
        answer = await self._send(url, headers, _pieces(archive), UPLOADS_WITHIN)
        return text_of(answer, "deploymentId")

    async def status_of(self, deployment_id: str) -> str:
        """Return where a deployment stands, in Railway's words (`BUILDING`, `SUCCESS`, …). Raises CloudFailed."""
        return text_of(await self.ask(_STATE, {"id": deployment_id}), "deployment", "status")

    async def build_lines(self, deployment_id: str) -> list[str]:
        """Return what a build said so far, at most 5,000 lines. Raises CloudFailed."""
        found = member(await self.ask(_BUILD_LOGS, {"id": deployment_id, "limit": MAX_LINES}), "buildLogs")
        lines = [member(one, "message") for one in found] if isinstance(found, list) else []
        return [line for line in lines if isinstance(line, str)][:MAX_LINES]

    async def domain_of(self, place: RailwayPlace) -> str:
        """Return the domain of a service, a new one when it has none. Raises CloudFailed."""
        where = {"environmentId": place.environment, "serviceId": place.service}
        known = await self.ask(_DOMAINS, {"projectId": place.project, **where})
        found = member(known, "domains", "serviceDomains")
        if isinstance(found, list) and found and isinstance(member(found[0], "domain"), str):
            return str(found[0]["domain"])
        return text_of(await self.ask(_DOMAIN, {"input": where}), "serviceDomainCreate", "domain")

    async def ask(self, query: str, variables: Mapping[str, Any]) -> Any:
        """Return the data of a GraphQL query. Raises CloudFailed; CloudMissing where Railway finds nothing."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        answer = await self._send(self.url, {"content-type": "application/json"}, body, self.seconds)
        errors = member(answer, "errors")
        if errors:
            said = str((member(errors[0], "message") if isinstance(errors, list) else None) or "no")[:MOST_TOLD]
            raise (CloudMissing if "not found" in said.lower() else CloudFailed)(f"Railway said: {said}")
        return member(answer, "data")

    async def _send(
        self, url: str, headers: Mapping[str, str], body: bytes | AsyncIterator[bytes], seconds: float
    ) -> Any:
        status, content = await send("Railway", "POST", url, self.token, headers, body, seconds)
        try:
            found = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise CloudFailed(f"Railway answered status {status} and nothing readable.") from error
        if status >= 300 and not member(found, "errors"):
            said = str(member(found, "message") or "no reason")[:MOST_TOLD]
            raise CloudFailed(f"Railway answered status {status}: {said}")
        return found


async def _pieces(archive: Path) -> AsyncIterator[bytes]:
    source = await asyncio.to_thread(archive.open, "rb")
    with source:
        while piece := await asyncio.to_thread(source.read, _CHUNK):
            yield piece


def nodes_of(value: Any, *names: str) -> dict[str, str]:
    """Return the ids of a connection's nodes by their names."""
    edges = member(value, *names, "edges")
    nodes = [member(edge, "node") for edge in edges] if isinstance(edges, list) else []
    return {str(member(node, "name")): text_of(node, "id") for node in nodes}


def text_of(value: Any, *names: str) -> str:
    """Return a name that can be part of an address. Raises CloudFailed where there is none."""
    found = member(value, *names)
    if not isinstance(found, str) or not found or "/" in found or "\\" in found:
        raise CloudFailed(f"Railway's answer names no {names[-1]}.")
    return found
