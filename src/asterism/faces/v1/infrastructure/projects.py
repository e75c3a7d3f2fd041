"""`/v1/infrastructure/projects/:projectId`: resources and detection (Fastest 10.3, 10.4)."""

from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, delete, get, post
from asterism.faces.v1.wire import Done
from asterism.faces.v1.wire_needs import HowFound, Needs, Requirements, SuggestedResource
from asterism.features.accounts.identity import Caller
from asterism.features.operations import deployments, infrastructure
from asterism.features.operations.deployments import Asked, DeploymentRun, NoSnapshot, NotApproved, Status, Trigger
from asterism.features.operations.infrastructure import ProviderDown, UnknownResource
from asterism.features.versions.projects import UnknownProject
from asterism.features.versions.storage import BlobsMissing, ManifestNotFound
from asterism.features.versions.workspaces import UnknownWorkspace
from asterism.kernel.db import Tx

MASKED = "\u2022" * 8


class Resource(msgspec.Struct):
    """What a provider holds for a project; `connection_info` is masked when there is any."""

    id: str
    project_id: str
    type: str
    provider: str
    provider_resource_id: str | None
    name: str
    connection_info: str | None
    status: Literal["pending", "provisioning", "ready", "error", "deleted"]
    error: str | None
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, found: infrastructure.Resource) -> Self:
        """Write a resource."""
        return copied(
            cls,
            found,
            connection_info=MASKED if found.connected else None,
        )


class ResourceList(msgspec.Struct):
    """Resources, oldest first."""

    resources: list[Resource]


class ResourceAnswer(msgspec.Struct):
    """One resource."""

    resource: Resource


class Which(msgspec.Struct):
    """Whether deleted resources are wanted too."""

    include_deleted: bool = False


class OfTree(msgspec.Struct):
    """Which tree to read (default: what the project shows now)."""

    manifest_hash: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None = None


@get("/v1/infrastructure/projects/{project_id:str}/resources", errors=(UnknownProject,))
def index(call: Call, project_id: str, query: Which) -> ResourceList:
    """GET /v1/infrastructure/projects/:projectId/resources: what providers hold for the project, oldest first."""
    found = infrastructure.list_resources(call.tx, call.caller, project_id, include_deleted=query.include_deleted)
    return ResourceList([Resource.of(one) for one in found])


@get(
    "/v1/infrastructure/projects/{project_id:str}/resources/{resource_id:str}",
    errors=(UnknownProject, UnknownResource),
)
def read(call: Call, project_id: str, resource_id: str) -> ResourceAnswer:
    """GET /v1/infrastructure/projects/:projectId/resources/:resourceId: one of them."""
    return ResourceAnswer(Resource.of(infrastructure.get_resource(call.tx, call.caller, project_id, resource_id)))


@delete(
    "/v1/infrastructure/projects/{project_id:str}/resources/{resource_id:str}",
    errors=(UnknownProject, UnknownResource, ProviderDown),
)
async def remove(call: Call, project_id: str, resource_id: str) -> Done:
    """DELETE /v1/infrastructure/projects/:projectId/resources/:resourceId: destroy it at its provider."""
    rt = call.rt
    await infrastructure.delete_resource(rt.db, rt.secrets, rt.provisioners, call.caller, project_id, resource_id)
    return Done()


@get("/v1/infrastructure/projects/{project_id:str}/detect", errors=(UnknownProject, ManifestNotFound))
async def detect(call: Call, project_id: str, query: OfTree) -> Needs:
    """GET /v1/infrastructure/projects/:projectId/detect: what the project's files say that it needs."""
    found = await infrastructure.detect_needs(
        call.rt.db,
        call.rt.blobs,
        call.rt.advisor,
        call.caller,
        project_id,
        query.manifest_hash,
        local_types=call.rt.provisioners.local.types(),
    )
    suggested = [SuggestedResource.of(one) for one in found.suggested]
    return Needs(Requirements.of(found.found.requirements), suggested, HowFound.of(found.found))


class ToDeploy(msgspec.Struct):
    """What to deploy (default: the head of main); `wait` false answers at once, `force` repeats what is running."""

    manifest_hash: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None = None
    workspace_id: str | None = None
    source: Literal["manual", "chat", "auto"] = "manual"
    message: Annotated[str, Meta(max_length=10_000)] | None = None
    force: bool = False
    wait: bool = True


class UnsatisfiedNeed(msgspec.Struct):
    """A resource that the app wants and nobody can make."""

    type: str
    env_var: str = msgspec.field(name="envVar")
    reason: str


class Deployed(msgspec.Struct, kw_only=True):
    """How a deployment went; a failed build is `success: false` with what is wrong."""

    success: bool
    deployment_id: str
    status: Literal["deploying", "success", "failed"]
    url: str | None
    resources: list[Resource]
    provisioned_resources: list[Resource]
    unsatisfied: list[UnsatisfiedNeed]
    error: str | None


@post(
    "/v1/infrastructure/projects/{project_id:str}/deploy",
    errors=(UnknownProject, UnknownWorkspace, ManifestNotFound, NoSnapshot, NotApproved, BlobsMissing),
)
async def deploy(call: Call, project_id: str, body: ToDeploy) -> Deployed:
    """POST /v1/infrastructure/projects/:projectId/deploy: the whole pipeline; answers when it has ended."""
    asked = Asked(Trigger(body.source), body.workspace_id, body.manifest_hash, force=body.force)
    run = await call.rt.deployments.deploy_project(call.caller, project_id, asked, wait=body.wait)
    return await call.rt.db.run_read(_deployed, call.caller, run)


def _deployed(tx: Tx, caller: Caller, run: DeploymentRun) -> Deployed:
    found = deployments.get_deployment(tx, caller, run.deployment.id)
    resources = infrastructure.list_resources(tx, caller, found.project_id)
    return Deployed(
        success=found.status is not Status.FAILED,
        deployment_id=found.id,
        status=found.status.value,
        url=found.url,
        resources=[Resource.of(one) for one in resources],
        provisioned_resources=[Resource.of(one) for one in run.provisioned],
        unsatisfied=[UnsatisfiedNeed(one.type, one.env_var, one.reason) for one in run.unsatisfied],
        error=found.error,
    )
