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

import httpx

from asterism.kernel.clouds.port import CloudFailed

ASKS_WITHIN: Final = 30.0
UPLOADS_WITHIN: Final = 600.0
MAX_ANSWER: Final = 8 * 1024 * 1024
MAX_LINES: Final = 5_000
_MOST_TOLD: Final = 500  # characters of what Railway says is wrong
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

    async def place_for(self, name: str, project_id: str | None) -> RailwayPlace:
        """Return the place of the service `name`, made where there is none, and so is a project of that name.

        `project_id` is the project to use instead. Raises CloudFailed.
        """
        project = project_id or await self._project(name)
        found = await self._ask(_PARTS, {"id": project})
        environments = _nodes(found, "project", "environments")
        if not environments:
            raise CloudFailed("Railway knows no environment of the project.")
        environment = environments.get("production") or next(iter(environments.values()))
        service = _nodes(found, "project", "services").get(name)
        if service is None:
            made = await self._ask(_SERVICE, {"input": {"projectId": project, "name": name}})
            service = _text(made, "serviceCreate", "id")
        return RailwayPlace(project, environment, service)

    async def _project(self, name: str) -> str:
        known = _nodes(await self._ask(_PROJECTS, {}), "projects").get(name)
        return known or _text(await self._ask(_PROJECT, {"input": {"name": name}}), "projectCreate", "id")

    async def set_variables(self, place: RailwayPlace, variables: Mapping[str, str]) -> None:
        """Replace the variables of a service. Raises CloudFailed."""
        wanted = {"variables": dict(variables), "replace": True, "skipDeploys": True}
        where = {"projectId": place.project, "environmentId": place.environment, "serviceId": place.service}
        await self._ask(_VARIABLES, {"input": where | wanted})

    async def set_commands(self, place: RailwayPlace, build: str | None, start: str | None, root: str) -> None:
        """Say how a service is built and started; None leaves that to Railway. Raises CloudFailed."""
        wanted = {"buildCommand": build, "startCommand": start, "rootDirectory": f"/{root}" if root else None}
        where = {"serviceId": place.service, "environmentId": place.environment}
        await self._ask(_COMMANDS, {**where, "input": wanted})

    async def upload(self, place: RailwayPlace, archive: Path) -> str:
        """Upload a tree as a gzipped tar; return the id of the deployment that begins. Raises CloudFailed."""
        base = self.url.removesuffix(_GRAPHQL)
        url = f"{base}/project/{place.project}/environment/{place.environment}/up?serviceId={place.service}"
        size = (await asyncio.to_thread(archive.stat)).st_size
        headers = {"content-type": "multipart/form-data", "content-length": str(size)}
        answer = await self._send(url, headers, _pieces(archive), UPLOADS_WITHIN)
        return _text(answer, "deploymentId")

    async def status_of(self, deployment_id: str) -> str:
        """Return where a deployment stands, in Railway's words (`BUILDING`, `SUCCESS`, …). Raises CloudFailed."""
        return _text(await self._ask(_STATE, {"id": deployment_id}), "deployment", "status")

    async def build_lines(self, deployment_id: str) -> list[str]:
        """Return what a build said so far, at most 5,000 lines. Raises CloudFailed."""
        found = _at(await self._ask(_BUILD_LOGS, {"id": deployment_id, "limit": MAX_LINES}), "buildLogs")
        lines = [_at(one, "message") for one in found] if isinstance(found, list) else []
        return [line for line in lines if isinstance(line, str)][:MAX_LINES]

    async def domain_of(self, place: RailwayPlace) -> str:
        """Return the domain of a service, a new one when it has none. Raises CloudFailed."""
        where = {"environmentId": place.environment, "serviceId": place.service}
        known = await self._ask(_DOMAINS, {"projectId": place.project, **where})
        found = _at(known, "domains", "serviceDomains")
        if isinstance(found, list) and found and isinstance(_at(found[0], "domain"), str):
            return str(found[0]["domain"])
        return _text(await self._ask(_DOMAIN, {"input": where}), "serviceDomainCreate", "domain")

    async def _ask(self, query: str, variables: Mapping[str, Any]) -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        answer = await self._send(self.url, {"content-type": "application/json"}, body, ASKS_WITHIN)
        errors = _at(answer, "errors")
        if errors:
            said = _at(errors[0], "message") if isinstance(errors, list) else None
            raise CloudFailed(f"Railway said: {str(said or 'no')[:_MOST_TOLD]}")
        return _at(answer, "data")

    async def _send(
        self, url: str, headers: Mapping[str, str], body: bytes | AsyncIterator[bytes], seconds: float
    ) -> Any:
        sent = {"authorization": f"Bearer {self.token}", "accept": "application/json", **headers}
        content = b""
        try:
            async with (
                asyncio.timeout(seconds),
                httpx.AsyncClient(timeout=seconds) as client,
                client.stream("POST", url, headers=sent, content=body) as response,
            ):
                async for piece in response.aiter_bytes():
                    content += piece
                    if len(content) > MAX_ANSWER:
                        raise CloudFailed("Railway answered more than can be read.")
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise CloudFailed("Railway does not answer.") from error
        if response.status_code in (401, 403):
            raise CloudFailed("Railway does not accept the token any more; store the credential anew.")
        if response.status_code == 429:
            raise CloudFailed("Railway has had too many requests; try again later.")
        try:
            found = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise CloudFailed(f"Railway answered status {response.status_code} and nothing readable.") from error
        if response.status_code >= 300 and not _at(found, "errors"):
            said = _at(found, "message")
            raise CloudFailed(
                f"Railway answered status {response.status_code}: {str(said or 'no reason')[:_MOST_TOLD]}"
            )
        return found


async def _pieces(archive: Path) -> AsyncIterator[bytes]:
    source = await asyncio.to_thread(archive.open, "rb")
    with source:
        while piece := await asyncio.to_thread(source.read, _CHUNK):
            yield piece


def _at(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _nodes(value: Any, *names: str) -> dict[str, str]:
    """Return the ids of a connection's nodes by their names."""
    edges = _at(value, *names, "edges")
    nodes = [_at(edge, "node") for edge in edges] if isinstance(edges, list) else []
    return {str(_at(node, "name")): _text(node, "id") for node in nodes}


def _text(value: Any, *names: str) -> str:
    found = _at(value, *names)
    if not isinstance(found, str) or not found or "/" in found or "\\" in found:
        raise CloudFailed(f"Railway's answer names no {names[-1]}.")
    return found
