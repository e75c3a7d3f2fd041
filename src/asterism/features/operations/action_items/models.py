"""Action items: what somebody should look at, from drift, from an analysis of the code, from failed deployments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from asterism.features.operations.deployments import Cause

ItemType = Literal["drift", "refactoring", "security", "test_coverage", "build_failure"]
Severity = Literal["info", "warning", "critical"]
ActionType = Literal["navigate", "prompt", "sync"]

SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")
"""The worst first, as lists are sorted."""

DRIFT, DEPLOY = "drift-", "deploy-"
"""What the ids of items that are not stored begin with."""

MAX_TITLE, MAX_TEXT, MAX_PROMPT = 200, 2_000, 20_000


class Status(StrEnum):
    """Where a stored item stands."""

    PENDING = "pending"
    DISMISSED = "dismissed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class DriftData:
    """How far a workspace and main are apart; `origin` says who found that."""

    workspace_id: str
    drift_count: int
    main_only: int
    conflicts: int
    origin: Literal["client", "compare"]


@dataclass(frozen=True, slots=True)
class PromptData:
    """What an agent would be asked, and the files that it is about."""

    suggested_prompt: str
    affected_files: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BuildData:
    """The deployment that failed, and the place that it names as its cause (Beyond 9)."""

    deployment_id: str
    started_at: str
    completed_at: str | None
    suggested_prompt: str
    cause: Cause | None


Data: TypeAlias = DriftData | PromptData | BuildData


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One item as it is listed (Fastest 9.1)."""

    id: str
    type: ItemType
    severity: Severity
    workspace_id: str
    workspace_name: str
    project_id: str
    project_name: str
    title: str
    description: str | None
    icon: str
    action_label: str
    action_type: ActionType
    action_data: Data
    created_at: str


@dataclass(frozen=True, slots=True)
class Note:
    """What an analysis found: one for each rule. `cause` changes when what was found does."""

    type: ItemType
    severity: Severity
    rule: str
    cause: str
    title: str
    description: str | None
    prompt: str
    files: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item that has a row. `deployment_id` is set where it stands for a failed deployment (`deploy-…`)."""

    id: str
    owner_user_id: str
    project_id: str
    workspace_id: str
    note: Note
    status: Status
    deployment_id: str | None
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Dismissal:
    """What was dismissed of a workspace: its drift, or its failed deployment, as long as `cause` stays."""

    workspace_id: str
    source: Literal["drift", "deploy"]
    cause: str


@dataclass(frozen=True, slots=True)
class Named:
    """A workspace that lives, with what people call it and its project."""

    id: str
    name: str
    project_id: str
    project_name: str
