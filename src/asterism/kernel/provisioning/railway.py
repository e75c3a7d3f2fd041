"""Databases at Railway: a service with a volume and a public TCP address for each name, made by GraphQL.

They are what Railway's own templates make: an image, a folder that lasts, and a password in its variables.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from asterism.kernel.clouds import CloudFailed, CloudMissing, Railway, RailwayPlace, member, nodes_of, text_of
from asterism.kernel.provisioning.port import Made, ProvisioningFailed

NAME_LENGTH: Final = 32  # characters of a service's name
RUNS_WITHIN: Final = 300.0  # seconds
_RUNS: Final = frozenset({"SUCCESS", "SLEEPING"})
_ENDED: Final = frozenset({"FAILED", "CRASHED", "REMOVED", "REMOVING", "SKIPPED"})

_SERVICE = "mutation($input: ServiceCreateInput!) { serviceCreate(input: $input) { id } }"
_VOLUME = "mutation($input: VolumeCreateInput!) { volumeCreate(input: $input) { id } }"
_PROXY = "mutation($input: TCPProxyCreateInput!) { tcpProxyCreate(input: $input) { domain proxyPort } }"
_DEPLOY = (
    "mutation($serviceId: String!, $environmentId: String!)"
    " { serviceInstanceDeployV2(serviceId: $serviceId, environmentId: $environmentId) }"
)
_PROJECT = "mutation($input: ProjectCreateInput!) { projectCreate(input: $input) { id } }"
_PROJECTS = "query { projects { edges { node { id name } } } }"
_PARTS = (
    "query($id: String!) { project(id: $id) { environments { edges { node { id name } } }"
    " services { edges { node { id name } } }"
    " volumes { edges { node { id volumeInstances { edges { node { serviceId } } } } } } } }"
)
_DELETE_PROJECT = "mutation($id: String!) { projectDelete(id: $id) }"
_DELETE_SERVICE = "mutation($id: String!) { serviceDelete(id: $id) }"
_DELETE_VOLUME = "mutation($volumeId: String!) { volumeDelete(volumeId: $volumeId) }"


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a database is run: `variables` and `address` are made of its password."""

    image: str
    port: int
    folder: str
    variables: Callable[[str], Mapping[str, str]]
    address: Callable[[str], str]
    start: str | None = None


_KINDS: Final[Mapping[str, _Kind]] = {
    "database:postgres": _Kind(
        "ghcr.io/railwayapp-templates/postgres-ssl:17",
        5432,
        "/var/lib/postgresql/data",
        lambda password: {
            "POSTGRES_USER": "app",
            "POSTGRES_PASSWORD": password,
            "POSTGRES_DB": "app",
            "PGDATA": "/var/lib/postgresql/data/pgdata",
        },
        lambda password: f"postgresql://app:{password}@{{}}/app",
    ),
    "database:redis": _Kind(
        "redis:8",
        6379,
        "/data",
        lambda password: {"REDIS_PASSWORD": password},
        lambda password: f"redis://default:{password}@{{}}",
        '/bin/sh -c "exec docker-entrypoint.sh redis-server --requirepass $REDIS_PASSWORD --save 60 1 --dir /data"',
    ),
}


@dataclass(frozen=True, slots=True)
class RailwayDatabases:
    """Databases of one account: in `project_id`, or each in a project of its own. `pause` is between two looks."""

    railway: Railway
    project_id: str | None = None
    pause: float = field(default=2.0, kw_only=True)

    def types(self) -> frozenset[str]:
        """Return PostgreSQL and Redis."""
        return frozenset(_KINDS)

    async def make(self, kind: str, name: str) -> Made:
        """Make a database, and wait until it runs."""
        if kind not in _KINDS:
            raise ProvisioningFailed(f"Railway makes no {kind}")
        try:
            return Made(name, await self._make(_KINDS[kind], _called(name)))
        except CloudFailed as error:
            with contextlib.suppress(CloudFailed):
                await self._remove(_called(name))
            raise ProvisioningFailed(str(error)) from error

    async def destroy(self, kind: str, resource_id: str) -> None:
        """Delete a database with its volume."""
        if kind not in _KINDS:
            raise ProvisioningFailed(f"Railway makes no {kind}")
        try:
            await self._remove(_called(resource_id))
        except CloudFailed as error:
            raise ProvisioningFailed(str(error)) from error

    async def _make(self, kind: _Kind, name: str) -> str:
        ask, password = self.railway.ask, secrets.token_hex(24)
        project = self.project_id or text_of(await ask(_PROJECT, {"input": {"name": name}}), "projectCreate", "id")
        environments = nodes_of(await ask(_PARTS, {"id": project}), "project", "environments")
        if not environments:
            raise CloudFailed("Railway knows no environment of the project.")
        environment = environments.get("production") or next(iter(environments.values()))
        wanted: dict[str, Any] = {"projectId": project, "environmentId": environment, "name": name}
        wanted |= {"source": {"image": kind.image}, "variables": dict(kind.variables(password))}
        service = text_of(await ask(_SERVICE, {"input": wanted}), "serviceCreate", "id")
        here = {"environmentId": environment, "serviceId": service}
        await ask(_VOLUME, {"input": {"projectId": project, **here, "mountPath": kind.folder}})
        if kind.start is not None:
            await self.railway.set_commands(RailwayPlace(project, environment, service), None, kind.start, "")
        proxy = await ask(_PROXY, {"input": {**here, "applicationPort": kind.port}})
        domain, port = text_of(proxy, "tcpProxyCreate", "domain"), member(proxy, "tcpProxyCreate", "proxyPort")
        if not isinstance(port, int):
            raise CloudFailed("Railway's answer names no port.")
        await self._run(text_of(await ask(_DEPLOY, here), "serviceInstanceDeployV2"))
        return kind.address(password).format(f"{domain}:{port}")

    async def _run(self, deployment_id: str) -> None:
        """Wait until a deployment runs. Raises CloudFailed when it ends, or takes too long."""
        try:
            async with asyncio.timeout(RUNS_WITHIN):
                while (status := await self.railway.status_of(deployment_id)) not in _RUNS:
                    if status in _ENDED:
                        raise CloudFailed(f"Railway ended the database as {status.lower()}.")
                    await asyncio.sleep(self.pause)
        except TimeoutError as error:
            raise CloudFailed(f"Railway did not run the database within {RUNS_WITHIN:g} seconds.") from error

    async def _remove(self, name: str) -> None:
        """Delete what has a name: the service in the project that is named, else the project of its own."""
        ask = self.railway.ask
        with contextlib.suppress(CloudMissing):
            if self.project_id is not None:
                parts = await ask(_PARTS, {"id": self.project_id})
                service = nodes_of(parts, "project", "services").get(name)
                if service is not None:
                    for volume in _volumes(parts, service):  # first: without the service nobody would know them
                        await ask(_DELETE_VOLUME, {"volumeId": volume})
                    await ask(_DELETE_SERVICE, {"id": service})
                    return
        with contextlib.suppress(CloudMissing):
            project = nodes_of(await ask(_PROJECTS, {}), "projects").get(name)
            if project is not None:
                await ask(_DELETE_PROJECT, {"id": project})


def _volumes(parts: Any, service_id: str) -> list[str]:
    """Return the volumes of a service."""
    volumes = _nodes(member(parts, "project", "volumes"))
    return [
        text_of(volume, "id")
        for volume in volumes
        if any(member(one, "serviceId") == service_id for one in _nodes(member(volume, "volumeInstances")))
    ]


def _nodes(connection: Any) -> list[Any]:
    edges = member(connection, "edges")
    return [member(edge, "node") for edge in edges] if isinstance(edges, list) else []


def _called(name: str) -> str:
    """Return the name of a service: the end of a unique name, which nobody else has."""
    return name[-NAME_LENGTH:].strip("_").replace("_", "-")
