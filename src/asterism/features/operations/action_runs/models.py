"""Runs of action items: an agent works on one, its work is checked, and a person applies it (Fastest 9.1, 9.4)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal

import msgspec

MAX_ATTEMPTS: Final = 3
MAX_OUTPUT, MAX_SUMMARY, MAX_REPORT = 12_000, 800, 20_000
SUMMARY_LINES: Final = 3
CheckKind = Literal["install", "build", "typecheck", "test"]


class Status(StrEnum):
    """Where a run stands. `ready` waits for a person; `failed` and `applied` are final."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    APPLIED = "applied"


STANDING: Final = (Status.QUEUED, Status.RUNNING, Status.READY, Status.APPLIED)
"""A run in one of these is answered when its item is asked to run again."""


class Check(msgspec.Struct, frozen=True, omit_defaults=True):
    """One check of the changed project: `output` are the last 12,000 characters of what it said."""

    kind: CheckKind
    command: str
    success: bool
    output: str | None = None


@dataclass(frozen=True, slots=True)
class ActionRun:
    """A run. `asked_id` is the id of the item as it was asked for: `deploy-…`, or that of the row.

    `base_manifest_hash` is the tree it began on, `result_manifest_hash` what its last attempt has made of it.
    `launch` counts how often a process took it up; `hosted` says that one has it now.
    """

    id: str
    item_id: str
    asked_id: str
    owner_user_id: str
    workspace_id: str
    project_id: str
    status: Status
    attempt_count: int
    base_manifest_hash: str
    result_manifest_hash: str | None
    summary: str | None
    report: str | None
    patch: str | None
    checks: tuple[Check, ...]
    error: str | None
    applied_manifest_hash: str | None
    applied_snapshot_id: str | None
    launch: int
    hosted: bool
    started_at: str | None
    completed_at: str | None
    created_at: str
    updated_at: str

    @property
    def stream(self) -> str:
        """The name under which the host performs it: one for each time it is taken up."""
        return f"action-run:{self.id}:{self.launch}"


@dataclass(frozen=True, slots=True)
class Applied:
    """Where applying a run has led to; no snapshot was made where nothing was left to change."""

    run: ActionRun
    manifest_hash: str
    snapshot_id: str | None


Values = dict[str, Any]
