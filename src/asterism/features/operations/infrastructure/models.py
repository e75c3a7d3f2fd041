"""Credentials, deployment settings and resources."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from asterism.features.operations.detection import Runtime


class Status(StrEnum):
    """Where a resource stands."""

    PENDING = "pending"
    PROVISIONING = "provisioning"
    READY = "ready"
    ERROR = "error"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Credential:
    """An account at a provider; the token never leaves the store but to be used. `metadata` is JSON text."""

    id: str
    user_id: str
    provider: str
    metadata: str | None
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A credential as it is given."""

    provider: str
    api_token: str = field(repr=False)
    metadata: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class DeploymentSettings:
    """How a workspace is deployed; None means: as its files tell. `root` is the app's folder in a monorepo.

    `auto_seen` is the head that was dealt with when new heads are deployed by themselves.
    """

    workspace_id: str
    auto_deploy: bool
    runtime_override: Runtime | None
    build_command: str | None
    start_command: str | None
    root: str | None
    created_at: str
    updated_at: str
    auto_seen: str | None = None


@dataclass(frozen=True, slots=True)
class NewHead:
    """A head of a workspace that deploys its heads by itself; `made_at` is when its snapshot was made."""

    owner_user_id: str
    project_id: str
    workspace_id: str
    head: str
    made_at: str


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that a provider holds for a project. `connected` tells whether there is a secret address."""

    id: str
    project_id: str
    type: str
    provider: str
    provider_resource_id: str | None
    name: str
    env_var: str | None
    status: Status
    error: str | None
    created_at: str
    updated_at: str
    connected: bool


@dataclass(frozen=True, slots=True)
class Discard:
    """A resource to be destroyed, by the account of `user_id`; `due_at` is when, `attempts` how often it was tried."""

    id: str
    provider: str
    type: str
    provider_resource_id: str
    attempts: int
    due_at: str
    user_id: str | None = None
