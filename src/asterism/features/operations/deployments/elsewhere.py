"""Which provider runs an app, and what is needed to have one run it that has accounts of its own."""

from dataclasses import dataclass, field
from typing import Final

from asterism.features.accounts.identity import Caller
from asterism.features.operations.deployments.cloudflare import CloudflareTarget
from asterism.features.operations.deployments.models import Deployment, Step
from asterism.features.operations.deployments.railway import RailwayTarget
from asterism.features.operations.deployments.workshop import StepFailed
from asterism.features.operations.deployments.wrangler import CONFIGS, worker_name
from asterism.features.operations.detection import Requirements
from asterism.features.operations.infrastructure import compute_provider, token_of
from asterism.features.versions import projects, storage, workspaces
from asterism.kernel.blobs import Blobs
from asterism.kernel.clouds import Cloud, Railway
from asterism.kernel.db import Tx
from asterism.kernel.secrets import Secrets

LOCAL: Final = "local"
_LARGEST_CONFIG: Final = 256 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where other providers' APIs are, and wrangler's program."""

    cloudflare_url: str
    railway_url: str
    wrangler: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who runs an app; at most one of the targets is there, none of them is this machine. `token` is to be masked."""

    provider: str = LOCAL
    token: str | None = field(default=None, repr=False)
    railway: RailwayTarget | None = None
    cloudflare: CloudflareTarget | None = None
    wrangler_config: tuple[str, str] | None = None


def choose(
    tx: Tx, at: Elsewhere, secrets: Secrets, blobs: Blobs, caller: Caller, deployment: Deployment, needs: Requirements
) -> Chosen:
    """Return who runs a deployment, by the rules of suggestions. Raises StepFailed when a provider cannot."""
    provider = deployment.provider or compute_provider(tx, caller, deployment.project_id, needs)
    if provider == LOCAL:
        return Chosen()
    cloud = Cloud(provider)
    account = token_of(tx, secrets, caller.user_id, cloud)
    if account is None:
        raise StepFailed(Step.DEPLOY, f"There is no credential of {cloud.value} any more; store one.")
    token, metadata = account
    name = _name(tx, caller, deployment)
    if cloud is Cloud.RAILWAY:
        railway = RailwayTarget(Railway(at.railway_url, token), name, metadata.get("project_id"))
        return Chosen(provider, token, railway=railway)
    target = CloudflareTarget(at.cloudflare_url, token, metadata.get("account_id"), name, at.wrangler)
    config = _wrangler_config(tx, blobs, deployment, needs.root)
    target.check(config)
    return Chosen(provider, token, cloudflare=target, wrangler_config=config)


def _name(tx: Tx, caller: Caller, deployment: Deployment) -> str:
    """Return what an app is called elsewhere: no two places have the same name."""
    project = projects.get_project(tx, caller, deployment.project_id)
    workspace = workspaces.find_live(tx, project, deployment.workspace_id) if deployment.workspace_id else None
    aside = workspace is not None and not workspace.is_main
    return worker_name(project.name, project.id, workspace.name if workspace is not None and aside else None)


def _wrangler_config(tx: Tx, blobs: Blobs, deployment: Deployment, root: str) -> tuple[str, str] | None:
    owner = deployment.owner_user_id
    entries = {one.path: one for one in storage.entries(tx, blobs, owner, deployment.manifest_hash)}
    for name in CONFIGS:
        found = entries.get(f"{root}/{name}" if root else name)
        if found is not None and found.type == "file" and found.size <= _LARGEST_CONFIG:
            return name, storage.content(tx, blobs, owner, found.hash).decode("utf-8-sig", "replace")
    return None
