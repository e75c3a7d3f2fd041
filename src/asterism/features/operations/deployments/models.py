"""Deployments: what runs where, from which tree, with which values, by which plan."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec


class Status(StrEnum):
    """Where a deployment stands."""

    DEPLOYING = "deploying"
    SUCCESS = "success"
    FAILED = "failed"


class Trigger(StrEnum):
    """Who asked for it."""

    MANUAL = "manual"
    CHAT = "chat"
    AUTO = "auto"


class Presence(StrEnum):
    """Whether project and workspace of an app are there: a deleted project may come back, a workspace does not."""

    HERE = "here"
    AWAY = "away"
    GONE = "gone"


class Step(StrEnum):
    """A part of the pipeline that says something."""

    INSTALL = "install"
    BUILD = "build"
    DEPLOY = "deploy"


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a tree becomes a running app (Beyond 8): `resources` are the types it needs, `source` who made the plan."""

    runtime: str | None
    build: str | None
    start: str | None
    resources: tuple[str, ...]
    source: str


class Cause(msgspec.Struct, frozen=True):
    """The place in the tree that a failed step names as its cause (Beyond 9); `excerpt` are lines of its output."""

    path: str
    line: int
    column: int | None
    excerpt: str
    tool: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment (Fastest 10.5). `begun_at` is None while it waits for its turn."""

    id: str
    workspace_id: str | None
    project_id: str
    owner_user_id: str
    snapshot_id: str | None
    manifest_hash: str
    conversation_id: str | None
    status: Status
    trigger: Trigger
    url: str | None
    error: str | None
    provider: str | None
    env_version: int | None
    plan: Plan | None
    plan_hash: str | None
    rollback_of: str | None
    started_at: str
    completed_at: str | None
    cause: Cause | None = None
    begun_at: str | None = None

    @property
    def slot(self) -> str:
        """The place whose address it takes over: one per project and workspace."""
        return f"{self.project_id}/{self.workspace_id or ''}"

    @property
    def waits(self) -> bool:
        """Whether it is still to begin."""
        return self.status is Status.DEPLOYING and self.begun_at is None

    @property
    def stream(self) -> str:
        """The name of its run."""
        return f"deployment:{self.id}"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A line of output. `stream` is `stdout` or `stderr`."""

    timestamp: str
    step: Step
    stream: str
    content: str


@dataclass(frozen=True, slots=True)
class Log:
    """What a deployment said so far."""

    deployment: Deployment
    entries: list[LogEntry]


@dataclass(frozen=True, slots=True)
class Slot:
    """An address that apps of one workspace share: its port, and the deployment that answers there."""

    slot: str
    port: int
    deployment_id: str


@dataclass(frozen=True, slots=True)
class Unsatisfied:
    """A resource that an app wants and nobody can provide."""

    type: str
    env_var: str
    reason: str
