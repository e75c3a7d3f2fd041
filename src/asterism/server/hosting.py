"""Builds what deployments need: providers, what this machine can make, and the apps that it runs."""

from collections.abc import Mapping

from asterism.base.clock import Clock
from asterism.features.operations.deployments import Deployments, LocalTarget, Shop, Tools, find_tools, lend_python
from asterism.kernel.apps import AppHost
from asterism.kernel.blobs import Blobs
from asterism.kernel.clouds import CLOUDFLARE_URL, RAILWAY_URL, Clouds, HttpClouds
from asterism.kernel.db import Database
from asterism.kernel.provisioning import LocalProvisioner, Provisioner
from asterism.kernel.runs import RunHost
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams
from asterism.server.settings import Settings


def build_clouds(settings: Settings) -> Clouds:
    """Return the providers at the addresses that the settings name."""
    return HttpClouds(
        cloudflare_url=settings.cloudflare_base_url or CLOUDFLARE_URL,
        railway_url=settings.railway_base_url or RAILWAY_URL,
    )


def build_provisioners(settings: Settings) -> Mapping[str, Provisioner]:
    """Return who makes databases and storage, by provider."""
    local = LocalProvisioner(
        settings.data_dir / "storage",
        postgres_url=settings.local_postgres_url,
        redis_url=settings.local_redis_url,
    )
    return {"local": local}


def build_deployments(
    settings: Settings,
    host: RunHost,
    provisioners: Mapping[str, Provisioner],
    *,
    db: Database,
    blobs: Blobs,
    streams: Streams,
    secrets: Secrets,
    clock: Clock,
) -> Deployments:
    """Return the deployments, performed by `host`. Apps listen where the server does."""
    folder = settings.data_dir / "apps"
    path, readable = find_tools()
    python = lend_python(folder / "bin")
    tools = Tools(
        settings.sandbox,
        folder / "dependencies",
        (*path, str(python)),
        (*readable, python),
        settings.deploy_build_timeout,
    )
    everywhere = settings.host in ("0.0.0.0", "::")  # noqa: S104 - asked for by the operator
    apps = AppHost(isolation=settings.sandbox, address=settings.host, start_seconds=settings.deploy_start_timeout)
    name = "localhost" if everywhere else settings.host
    local = LocalTarget(folder, tools, apps, name, {})
    return Deployments(Shop(db, blobs, secrets, clock, provisioners, local), streams, host)
