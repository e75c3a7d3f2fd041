"""`/v1/action-items`: listing and dismissing."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.wire import Done
from asterism.faces.v1.wire_deployments import FailureCause
from asterism.features.operations import action_items
from asterism.features.operations.action_items import BuildData, DriftData, UnknownItem
from asterism.features.operations.deployments import UnknownDeployment
from asterism.features.versions.workspaces import UnknownWorkspace


class ActionData(msgspec.Struct, kw_only=True):
    """What an item is about: of drift the first five, of what an agent can mend its prompt, of deployments which."""

    workspace_id: str | UnsetType = UNSET
    drift_count: int | UnsetType = UNSET
    main_only: int | UnsetType = UNSET
    conflicts: int | UnsetType = UNSET
    origin: Literal["client", "compare"] | UnsetType = UNSET
    suggested_prompt: str | UnsetType = UNSET
    affected_files: Sequence[str] | UnsetType = UNSET
    metadata: Mapping[str, Any] | UnsetType = UNSET
    deployment_id: str | UnsetType = UNSET
    started_at: str | UnsetType = UNSET
    completed_at: str | UnsetType | None = UNSET
    cause: FailureCause | UnsetType | None = UNSET

    @classmethod
    def of(cls, data: action_items.DriftData | action_items.PromptData | BuildData) -> Self:
        """Write what an item is about."""
        if isinstance(data, DriftData):
            return cls(
                workspace_id=data.workspace_id,
                drift_count=data.drift_count,
                main_only=data.main_only,
                conflicts=data.conflicts,
                origin=data.origin,
            )
        if isinstance(data, BuildData):
            return cls(
                deployment_id=data.deployment_id,
                started_at=data.started_at,
                completed_at=data.completed_at,
                suggested_prompt=data.suggested_prompt,
                cause=None if data.cause is None else FailureCause.of(data.cause),
            )
        return cls(suggested_prompt=data.suggested_prompt, affected_files=data.affected_files, metadata=data.metadata)


class ActionItem(msgspec.Struct, kw_only=True):
    """Something to look at."""

    id: str
    type: Literal["drift", "refactoring", "security", "test_coverage", "build_failure"]
    severity: Literal["info", "warning", "critical"]
    workspace_id: str
    workspace_name: str
    project_id: str
    project_name: str
    title: str
    description: str | UnsetType = UNSET
    icon: str | UnsetType = UNSET
    action_label: str
    action_type: Literal["navigate", "prompt", "sync"]
    action_data: ActionData | UnsetType = UNSET
    created_at: str

    @classmethod
    def of(cls, found: action_items.ActionItem) -> Self:
        """Write an item."""
        return copied(
            cls,
            found,
            description=UNSET if found.description is None else found.description,
            action_data=ActionData.of(found.action_data),
        )


class ActionItemList(msgspec.Struct):
    """What there is to look at, the worst first."""

    items: list[ActionItem]


class ItemsAsked(msgspec.Struct):
    """How many items to list."""

    limit: Annotated[int, Meta(ge=1, le=200)] = 100


@get("/v1/action-items")
def index(call: Call, query: ItemsAsked) -> ActionItemList:
    """GET /v1/action-items: what there is to look at in all workspaces of the caller, the worst first."""
    found = action_items.list_items(call.tx, call.caller, limit=query.limit)
    return ActionItemList([ActionItem.of(one) for one in found])


@post(
    "/v1/action-items/{item_id:str}/dismiss",
    errors=(UnknownItem, UnknownWorkspace, UnknownDeployment),
)
def dismiss(call: Call, item_id: str) -> Done:
    """POST /v1/action-items/:itemId/dismiss: hide an item until its cause changes."""
    action_items.dismiss_item(call.tx, call.caller, item_id)
    return Done()
