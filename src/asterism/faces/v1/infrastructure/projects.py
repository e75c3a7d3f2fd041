"""`/v1/infrastructure/projects/:projectId`: resources and detection (Fastest 10.3, 10.4)."""

from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

from asterism.faces.v1.call import Call, delete, get
from asterism.faces.v1.wire import Done
from asterism.faces.v1.wire_needs import HowFound, Needs, Requirements, SuggestedResource
from asterism.features.operations import infrastructure
from asterism.features.operations.infrastructure import ProviderDown, UnknownResource
from asterism.features.versions.projects import UnknownProject
from asterism.features.versions.storage import ManifestNotFound

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
        return cls(
            found.id,
            found.project_id,
            found.type,
            found.provider,
            found.provider_resource_id,
            found.name,
            MASKED if found.connected else None,
            found.status.value,
            found.error,
            found.created_at,
            found.updated_at,
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
    found, suggested = await call.rt.db.run_read(
        infrastructure.detect_needs,
        call.rt.blobs,
        call.caller,
        project_id,
        query.manifest_hash,
        local_types=call.rt.provisioners["local"].types(),
    )
    return Needs(
        Requirements.of(found.requirements), [SuggestedResource.of(one) for one in suggested], HowFound.of(found)
    )
