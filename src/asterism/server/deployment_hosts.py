"""Builds what deployments need: providers, what this machine can make, and the apps that it runs."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from asterism.base.clock import Clock
from asterism.features.operations.deployments import (
    Deployments,
    Elsewhere,
    LocalTarget,
    Shop,
    Tools,
    find_tools,
    lend_node,
    lend_python,
)
from asterism.features.operations.infrastructure import Provisioners
from asterism.features.talk.conversations import Turns
from asterism.kernel.apps import AppHost
from asterism.kernel.blobs import Blobs
from asterism.kernel.clouds import CLOUDFLARE_URL, RAILWAY_URL, Cloud, Clouds, HttpClouds, Railway
from asterism.kernel.provisioning import LocalProvisioner, Provisioner, R2Storage, RailwayDatabases
from asterism.kernel.runs import RunHost
from asterism.kernel.sandbox import Reach
from asterism.kernel.secrets import Secrets
from asterism.server.settings import Settings


def build_clouds(settings: Settings) -> Clouds:
    """Return the providers at the addresses that the settings name."""
    return HttpClouds(
        cloudflare_url=settings.cloudflare_base_url or CLOUDFLARE_URL,
        railway_url=settings.railway_base_url or RAILWAY_URL,
    )


def build_provisioners(settings: Settings) -> Provisioners:
    """Return who makes databases and storage: this machine, and people's accounts elsewhere."""
    local = LocalProvisioner(
        settings.data_dir / "storage",
        postgres_url=settings.local_postgres_url,
        mysql_url=settings.local_mysql_url,
        redis_url=settings.local_redis_url,
    )
    at = _elsewhere(settings)

    def cloudflare(token: str, metadata: Mapping[str, str]) -> Provisioner:
        return R2Storage(token, metadata.get("account_id"), at.cloudflare_url)

    def railway(token: str, metadata: Mapping[str, str]) -> Provisioner:
        return RailwayDatabases(Railway(at.railway_url, token), metadata.get("project_id"))

    return Provisioners(local, {Cloud.CLOUDFLARE: cloudflare, Cloud.RAILWAY: railway})


def build_deployments(
    settings: Settings,
    host: RunHost,
    provisioners: Provisioners,
    turns: Turns,
    *,
    blobs: Blobs,
    secrets: Secrets,
    clock: Clock,
) -> Deployments:
    """Return the deployments, performed by `host`. Apps listen where the server does; `turns` ask people."""
    db, streams = turns.ports.db, turns.ports.streams
    folder = settings.data_dir / "apps"
    tools = _tools(settings, folder)
    everywhere = settings.host in ("0.0.0.0", "::")  # noqa: S104 - asked for by the operator
    apps = AppHost(isolation=settings.sandbox, address=settings.host, start_seconds=settings.deploy_start_timeout)
    name = "localhost" if everywhere else settings.host
    local = LocalTarget(folder, tools, apps, name, {})
    return Deployments(
        Shop(db, blobs, streams, secrets, clock, provisioners, local, _elsewhere(settings)), host, turns.inquire
    )


def _elsewhere(settings: Settings) -> Elsewhere:
    return Elsewhere(
        (settings.cloudflare_base_url or CLOUDFLARE_URL).rstrip("/"),
        settings.railway_base_url or RAILWAY_URL,
        None if settings.wrangler is None else str(settings.wrangler),
    )


def _tools(settings: Settings, folder: Path) -> Tools:
    """Return what apps are made with: what is installed here, and what this server lends them."""
    path, readable = find_tools()
    python = lend_python(folder / "bin")
    path, readable = (*path, str(python)), (*readable, python)
    node = lend_node(folder / "node") if shutil.which("node") is None else None
    if node is not None:
        path, readable = (*path, str(node[0])), (*readable, *node)
    if settings.wrangler is not None:
        readable = (*readable, _package_of(settings.wrangler))
    reach = Reach.of(settings.deploy_network)
    return Tools(settings.sandbox, folder / "dependencies", path, readable, settings.deploy_build_timeout, reach)


def _package_of(program: Path) -> Path:
    """Return what has to be visible to run a program: the packages it lies among, else its folder."""
    place = program.resolve()
    among = next((parent for parent in reversed(place.parents) if parent.name == "node_modules"), None)
    return among or place.parent
