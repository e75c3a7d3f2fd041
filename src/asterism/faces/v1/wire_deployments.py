"""Deployments as they are written (Fastest 10.5, Beyond 8)."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Literal, Self

import msgspec
from msgspec import UNSET, UnsetType

from asterism.asgi.sse import frame
from asterism.faces.shapes import copied
from asterism.features.operations import deployments


class FailureCause(msgspec.Struct):
    """The place in the tree that a failed step names; `excerpt` are lines of its output."""

    path: str
    line: int
    column: int | None
    excerpt: str
    tool: str

    @classmethod
    def of(cls, found: deployments.Cause) -> Self:
        """Write a cause."""
        return copied(cls, found)


class Plan(msgspec.Struct):
    """How the tree becomes a running app."""

    runtime: str | None
    build: str | None
    start: str | None
    resources: Sequence[str]
    source: str


class DeploymentRecord(msgspec.Struct, kw_only=True):
    """A deployment."""

    id: str
    workspace_id: str | None
    project_id: str
    snapshot_id: str | None
    status: Literal["deploying", "success", "failed"]
    trigger: Literal["manual", "chat", "auto"]
    url: str | None
    error: str | None
    started_at: str
    completed_at: str | None
    manifest_hash: str
    conversation_id: str | None
    provider: str | None
    env_version: int | None
    plan: Plan | None
    plan_hash: str | None
    rollback_of: str | None
    cause: FailureCause | None

    @classmethod
    def of(cls, found: deployments.Deployment) -> Self:
        """Write a deployment."""
        return copied(cls, found)


class LogEntry(msgspec.Struct):
    """A line of output."""

    timestamp: str
    step: Literal["install", "build", "deploy"]
    stream: Literal["stdout", "stderr"]
    content: str

    @classmethod
    def of(cls, one: deployments.LogEntry) -> Self:
        """Write a line."""
        return cls(one.timestamp, one.step.value, "stderr" if one.stream == "stderr" else "stdout", one.content)


class DeploymentLog(msgspec.Struct, rename="camel", kw_only=True):
    """What a deployment said so far."""

    deployment_id: str
    entries: list[LogEntry]
    started_at: str
    completed_at: str | UnsetType = UNSET

    @classmethod
    def of(cls, found: deployments.Log) -> Self:
        """Write a log."""
        return cls(
            deployment_id=found.deployment.id,
            entries=[LogEntry.of(one) for one in found.entries],
            started_at=found.deployment.started_at,
            completed_at=UNSET if found.deployment.completed_at is None else found.deployment.completed_at,
        )


class LogGrown(msgspec.Struct, tag="log"):
    """Lines that came; the number of the frame is what to go on after."""

    entries: list[LogEntry]


class LogEnded(msgspec.Struct, tag="ended"):
    """How the deployment ended; nothing follows."""

    status: Literal["success", "failed"]
    url: str | None
    error: str | None


async def log_frames(
    grown: AsyncGenerator[deployments.Piece | deployments.Deployment, None], after: int
) -> AsyncGenerator[bytes, None]:
    """Encode what comes of a log as server-sent events."""
    async with aclosing(grown) as following:
        async for one in following:
            if isinstance(one, deployments.Piece):
                after = one.seq
                yield frame("log", LogGrown([LogEntry.of(entry) for entry in one.entries]), after)
                continue
            status: Literal["success", "failed"] = "success" if one.status is deployments.Status.SUCCESS else "failed"
            yield frame("ended", LogEnded(status, one.url, one.error), after + 1)


class LogAnswer(msgspec.Struct):
    """A deployment's log."""

    log: DeploymentLog


class DeploymentAnswer(msgspec.Struct):
    """One deployment."""

    deployment: DeploymentRecord


class DeploymentBegun(msgspec.Struct, kw_only=True):
    """A deployment that is under way; its id stands there under both names that clients read."""

    deployment_id: str
    camel_id: str = msgspec.field(name="deploymentId")
    status: Literal["deploying"] = "deploying"
    message: str
    snapshot_id: str | None
    conversation_id: str | None

    @classmethod
    def of(cls, begun: deployments.Deployment) -> Self:
        """Write what was begun."""
        return cls(
            deployment_id=begun.id,
            camel_id=begun.id,
            message="The deployment is under way.",
            snapshot_id=begun.snapshot_id,
            conversation_id=begun.conversation_id,
        )
