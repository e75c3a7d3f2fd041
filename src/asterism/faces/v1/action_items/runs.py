"""`/v1/action-items/…/runs`: an agent works on an item, a person applies what came of it (Fastest 9.3, 9.4)."""

from typing import Literal, Self

import msgspec
from msgspec import UNSET, UnsetType

from asterism.faces.v1.call import Call, get, post
from asterism.features.operations import action_runs
from asterism.features.operations.action_items import UnknownItem
from asterism.features.operations.action_runs import MAX_ATTEMPTS
from asterism.features.operations.deployments import UnknownDeployment
from asterism.features.talk.catalogue import ModelNotConfigured
from asterism.features.versions.storage import BlobsMissing
from asterism.features.versions.workspaces import UnknownWorkspace

ITEM = "/v1/action-items/{item_id:str}/runs"
RUN = "/v1/action-items/runs/{run_id:str}"


class Check(msgspec.Struct, kw_only=True):
    """A check of the changed project."""

    kind: Literal["install", "build", "typecheck", "test"]
    command: str
    success: bool
    output: str | UnsetType = UNSET


class ActionItemRun(msgspec.Struct, kw_only=True):
    """A run; members without a value are absent."""

    id: str
    action_item_id: str
    workspace_id: str
    project_id: str
    status: Literal["queued", "running", "ready", "failed", "applied"]
    attempt_count: int
    max_attempts: int = MAX_ATTEMPTS
    base_manifest_hash: str | UnsetType = UNSET
    result_manifest_hash: str | UnsetType = UNSET
    summary: str | UnsetType = UNSET
    report: str | UnsetType = UNSET
    patch: str | UnsetType = UNSET
    checks: list[Check] | UnsetType = UNSET
    error: str | UnsetType = UNSET
    started_at: str | UnsetType = UNSET
    completed_at: str | UnsetType = UNSET
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, found: action_runs.ActionRun, asked: str | None = None) -> Self:
        """Write a run; `asked` is the id of the item as it was asked for, where it was."""
        maybe = ("result_manifest_hash", "summary", "report", "patch", "error", "started_at", "completed_at")
        known = {name: value for name in maybe if (value := getattr(found, name)) is not None}
        checks = [
            Check(
                kind=one.kind,
                command=one.command,
                success=one.success,
                output=UNSET if one.output is None else one.output,
            )
            for one in found.checks
        ]
        return cls(
            id=found.id,
            action_item_id=asked or found.asked_id,
            workspace_id=found.workspace_id,
            project_id=found.project_id,
            status=found.status.value,
            attempt_count=found.attempt_count,
            base_manifest_hash=found.base_manifest_hash,
            checks=checks or UNSET,
            created_at=found.created_at,
            updated_at=found.updated_at,
            **known,
        )


class ActionRunAnswer(msgspec.Struct):
    """A run of an action item."""

    run: ActionItemRun


class ActionRunList(msgspec.Struct):
    """The newest runs of an action item."""

    runs: list[ActionItemRun]


class ActionRunAsked(msgspec.Struct):
    """`force` makes another run beside one that is ready."""

    force: bool = False


class Apply(msgspec.Struct):
    """`redeploy` deploys the workspace once the run is applied."""

    redeploy: bool = False


class Applied(msgspec.Struct, kw_only=True):
    """Where applying has led to; `deployment_id` is there when it was asked for."""

    success: bool = True
    manifest_hash: str
    snapshot_id: str | None
    deployment_id: str | UnsetType = UNSET


@post(
    ITEM,
    errors=(
        UnknownItem,
        UnknownWorkspace,
        UnknownDeployment,
        action_runs.NothingToRun,
        action_runs.ItemClosed,
        ModelNotConfigured,
        action_runs.NoTreeYet,
        BlobsMissing,
    ),
)
async def runs(call: Call, item_id: str, body: ActionRunAsked) -> ActionRunAnswer:
    """POST /v1/action-items/:itemId/runs: let an agent work on an item, unless a run of it stands already."""
    run = await call.rt.actions.runs.ask(call.caller, item_id, force=body.force)
    return ActionRunAnswer(ActionItemRun.of(run, item_id))


@get(ITEM, errors=(UnknownItem, UnknownWorkspace, UnknownDeployment))
def listing(call: Call, item_id: str) -> ActionRunList:
    """GET /v1/action-items/:itemId/runs: the newest 20 runs of an item."""
    found = action_runs.list_runs(call.tx, call.caller, item_id)
    return ActionRunList([ActionItemRun.of(one, item_id) for one in found])


@get(RUN, errors=(action_runs.UnknownRun, UnknownWorkspace))
def runs_by_id(call: Call, run_id: str) -> ActionRunAnswer:
    """GET /v1/action-items/runs/:runId: one run, with its report, patch and checks."""
    return ActionRunAnswer(ActionItemRun.of(action_runs.get_run(call.tx, call.caller, run_id)))


@post(
    f"{RUN}/apply",
    errors=(
        action_runs.UnknownRun,
        UnknownWorkspace,
        action_runs.NotReady,
        action_runs.PatchConflict,
        action_runs.KeepsMoving,
        BlobsMissing,
    ),
)
async def apply(call: Call, run_id: str, body: Apply) -> Applied:
    """POST /v1/action-items/runs/:runId/apply: merge what a run has made into its workspace."""
    done, deployed = await call.rt.actions.runs.apply(call.caller, run_id, redeploy=body.redeploy)
    return Applied(
        manifest_hash=done.manifest_hash,
        snapshot_id=done.snapshot_id,
        deployment_id=UNSET if deployed is None else deployed.id,
    )
