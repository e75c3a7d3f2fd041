"""`/v1/infrastructure/workspaces/:workspaceId`: deployment settings and deployments (Fastest 10.2, 10.5)."""

from typing import Annotated, Literal, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.base.errors import Invalid
from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, get, put
from asterism.faces.v1.wire_deployments import DeploymentRecord
from asterism.features.operations import deployments, infrastructure
from asterism.features.versions.workspaces import UnknownWorkspace

PATH = "/v1/infrastructure/workspaces/{workspace_id:str}/deployment-settings"


class WorkspaceSettings(msgspec.Struct):
    """How a workspace is deployed; null means: as its files tell. `root` is the app's folder in a monorepo."""

    workspace_id: str
    auto_deploy: bool
    runtime_override: str | None
    build_command: str | None
    start_command: str | None
    root: str | None
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, found: infrastructure.DeploymentSettings) -> Self:
        """Write settings."""
        return copied(cls, found)


class SettingsAnswer(msgspec.Struct):
    """The settings as they are now."""

    settings: WorkspaceSettings


class NewSettings(msgspec.Struct):
    """What to change; an absent member stays, null or a blank text clears."""

    auto_deploy: bool | UnsetType = UNSET
    runtime_override: Literal["node", "python", "go", "static", ""] | UnsetType | None = UNSET
    build_command: str | UnsetType | None = UNSET
    start_command: str | UnsetType | None = UNSET
    root: str | UnsetType | None = UNSET

    def changes(self) -> dict[str, bool | str | None]:
        """Return what was given."""
        given = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in given.items() if value is not UNSET}


class DeploymentPage(msgspec.Struct):
    """Which page of the deployments."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 30
    cursor: str | None = None


class DeploymentList(msgspec.Struct):
    """Deployments, newest first."""

    deployments: list[DeploymentRecord]
    next_cursor: str | None


@get(PATH, errors=(UnknownWorkspace,))
def deployment_settings(call: Call, workspace_id: str) -> SettingsAnswer:
    """GET /v1/infrastructure/workspaces/:workspaceId/deployment-settings: how the workspace is deployed."""
    return SettingsAnswer(WorkspaceSettings.of(infrastructure.get_settings(call.tx, call.caller, workspace_id)))


@put(PATH, errors=(UnknownWorkspace, Invalid))
def change_deployment_settings(call: Call, workspace_id: str, body: NewSettings) -> SettingsAnswer:
    """PUT /v1/infrastructure/workspaces/:workspaceId/deployment-settings: change some of them."""
    changed = infrastructure.change_settings(call.tx, call.caller, workspace_id, body.changes())
    return SettingsAnswer(WorkspaceSettings.of(changed))


@get("/v1/infrastructure/workspaces/{workspace_id:str}/deployments", errors=(UnknownWorkspace, Invalid))
def workspace_deployments(call: Call, workspace_id: str, query: DeploymentPage) -> DeploymentList:
    """GET /v1/infrastructure/workspaces/:workspaceId/deployments: what was deployed from it, newest first."""
    page = deployments.list_deployments(call.tx, call.caller, workspace_id, limit=query.limit, cursor=query.cursor)
    return DeploymentList([DeploymentRecord.of(one) for one in page.items], page.next_cursor)
