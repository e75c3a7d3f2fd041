"""`/v1/workspaces/:workspaceId/deploy` (Fastest 10.5)."""

from asterism.faces.v1.call import Call, post
from asterism.faces.v1.wire_deployments import DeploymentBegun
from asterism.features.operations.deployments import NoSnapshot, NotApproved
from asterism.features.versions.storage import BlobsMissing
from asterism.features.versions.workspaces import UnknownWorkspace


@post("/v1/workspaces/{workspace_id:str}/deploy", errors=(UnknownWorkspace, NoSnapshot, BlobsMissing, NotApproved))
async def deploy(call: Call, workspace_id: str) -> DeploymentBegun:
    """POST /v1/workspaces/:workspaceId/deploy: deploy its head."""
    return DeploymentBegun.of(await call.rt.deployments.deploy_workspace(call.caller, workspace_id))
