"""Builds what deployments need: providers, and what this machine can make."""

from collections.abc import Mapping

from asterism.kernel.clouds import CLOUDFLARE_URL, RAILWAY_URL, Clouds, HttpClouds
from asterism.kernel.provisioning import LocalProvisioner, Provisioner
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
