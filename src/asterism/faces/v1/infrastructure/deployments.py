"""`/v1/infrastructure/deployments/:deploymentId`: its end, its log, repeating it (Fastest 10.5, Beyond 8)."""

from typing import Annotated, Any

import msgspec

from asterism.asgi.answers import Events, NoContent
from asterism.asgi.signature import Header
from asterism.base.errors import Invalid
from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.open_streams import follow
from asterism.faces.v1.runs import cursor_of
from asterism.faces.v1.wire import Done
from asterism.faces.v1.wire_deployments import (
    DeploymentAnswer,
    DeploymentLog,
    DeploymentRecord,
    LogAnswer,
    LogEnded,
    LogGrown,
    log_frames,
)
from asterism.features.operations import deployments
from asterism.features.operations.deployments import (
    AlreadyEnded,
    NotApproved,
    NothingToRollBackTo,
    Told,
    UnknownDeployment,
)
from asterism.features.versions.storage import BlobsMissing

PATH = "/v1/infrastructure/deployments/{deployment_id:str}"


class DeploymentStatus(msgspec.Struct):
    """How a deployment ended, as somebody outside tells it."""

    status: str
    url: str | None = None
    error: str | None = None
    completed_at: str | None = None


class LogFollowed(msgspec.Struct):
    """The number to go on after (the header Last-Event-ID wins); `app`: go on with what the app says once it runs."""

    after: str = "0"
    app: bool = False


class DeployedChange(msgspec.Struct):
    """A path, and what happened to it."""

    path: str
    change: str


class EnvChanges(msgspec.Struct):
    """Keys of variables; values are never told."""

    added: list[str]
    removed: list[str]
    changed: list[str]


class PlanChange(msgspec.Struct):
    """A member of the plan, before and after."""

    old: Any
    new: Any


class Differences(msgspec.Struct):
    """How two deployments differ."""

    files: list[DeployedChange]
    env: EnvChanges
    plan: dict[str, PlanChange]


@get(PATH, errors=(UnknownDeployment,))
def deployments_by_id(call: Call, deployment_id: str) -> DeploymentAnswer:
    """GET /v1/infrastructure/deployments/:deploymentId: one deployment."""
    return DeploymentAnswer(DeploymentRecord.of(deployments.get_deployment(call.tx, call.caller, deployment_id)))


@get(f"{PATH}/logs", errors=(UnknownDeployment,))
def logs(call: Call, deployment_id: str) -> LogAnswer:
    """GET /v1/infrastructure/deployments/:deploymentId/logs: what it said so far, while it runs too."""
    return LogAnswer(DeploymentLog.of(deployments.read_log(call.tx, call.caller, deployment_id)))


@get(f"{PATH}/logs/stream", errors=(UnknownDeployment,))
async def log_stream(
    call: Call, deployment_id: str, query: LogFollowed, last_event_id: Annotated[str | None, Header("Last-Event-ID")]
) -> Events[LogGrown | LogEnded] | NoContent:
    """GET /v1/infrastructure/deployments/:deploymentId/logs/stream: its log from after a cursor on, as it grows."""
    after, db = cursor_of(last_event_id, query.after), call.rt.db
    growth = await db.run_read(deployments.read_growth, call.caller, deployment_id, max(0, after - 1))
    if growth.ended and after > 0 and not growth.pieces:
        return NoContent()  # the end was told already
    grown = deployments.follow_log(db, call.caller, deployment_id, after, app=query.app)
    return follow(call, log_frames(grown, after), {})


@post(f"{PATH}/status", errors=(UnknownDeployment, AlreadyEnded, Invalid))
async def status(call: Call, deployment_id: str, body: DeploymentStatus) -> Done:
    """POST /v1/infrastructure/deployments/:deploymentId/status: tell how it ended, once."""
    told = Told(body.status, body.url, body.error, body.completed_at)
    await call.rt.deployments.take_status(call.caller, deployment_id, told)
    return Done()


@post(f"{PATH}/rollback", errors=(UnknownDeployment, NothingToRollBackTo, NotApproved, BlobsMissing))
async def rollback(call: Call, deployment_id: str) -> DeploymentAnswer:
    """POST /v1/infrastructure/deployments/:deploymentId/rollback: deploy the same tree, values and plan again."""
    return DeploymentAnswer(DeploymentRecord.of(await call.rt.deployments.roll_back(call.caller, deployment_id)))


@get(f"{PATH}/diff/{{other_id:str}}", errors=(UnknownDeployment,))
def diff(call: Call, deployment_id: str, other_id: str) -> Differences:
    """GET /v1/infrastructure/deployments/:deploymentId/diff/:otherId: files, keys of variables, plan."""
    found = deployments.compare_deployments(call.tx, call.rt.secrets, call.caller, deployment_id, other_id)
    return Differences(
        files=[DeployedChange(path, kind) for path, kind in found.files],
        env=EnvChanges(found.added, found.removed, found.changed),
        plan={name: PlanChange(old, new) for name, (old, new) in found.plan.items()},
    )
