"""What is kept of a review, in either form (Stargazer 11.3, 11.4)."""

from dataclasses import dataclass
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from asterism.features.review.findings import Issue, LegacyIssue, LegacyResult, Lens, Result
from asterism.features.review.inspection import Coverage, Mode

Kind = Literal["triage", "legacy"]
State = Literal["running", "completed", "failed", "cancelled"]

RUNNING = 8
REVIEW_SECONDS = 900.0
KEPT_FAILED_SECONDS = 24 * 3600


class Metadata(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The line of a review in lists."""

    id: str
    project_path: str
    created_at: str
    mode: Mode
    staged: bool
    branch: str | None
    profile: str | None
    lenses: tuple[Lens, ...]
    issue_count: int
    blocker_count: int
    high_count: int
    medium_count: int
    low_count: int
    nit_count: int
    file_count: int
    duration_ms: int | UnsetType = UNSET


class GitContext(msgspec.Struct, frozen=True, rename="camel"):
    """Where in the history the review was made."""

    branch: str | None
    commit: str | None
    file_count: int
    additions: int
    deletions: int


class Standing(msgspec.Struct, frozen=True, rename="camel"):
    """How the findings compare with the review before of the same project, branch and mode: ids by what became of them.

    Ours, beyond the contract. `fixed` are findings of the earlier review that are gone.
    """

    previous_id: str
    new: tuple[str, ...]
    still: tuple[str, ...]
    fixed: tuple[str, ...]


class Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A saved triage review."""

    metadata: Metadata
    result: Result
    git_context: GitContext
    coverage: Coverage
    standing: Standing | UnsetType = UNSET


class LegacyRecord(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A saved review of the older stream."""

    id: str
    project_path: str
    created_at: str
    staged: bool
    branch: str | None
    file_count: int
    summary: str
    issues: tuple[LegacyIssue, ...]
    overall_score: int | None


class LegacyMetadata(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The line of a review in lists of the older form."""

    id: str
    project_path: str
    created_at: str
    staged: bool
    branch: str | None
    overall_score: int | None
    issue_count: int
    critical_count: int
    warning_count: int


class LegacyContext(msgspec.Struct, frozen=True, rename="camel"):
    """Where in the history the review was made, in the older form."""

    branch: str | None
    file_count: int


class SavedLegacy(msgspec.Struct, frozen=True, rename="camel"):
    """A review as it is read in the older form (Stargazer 11.4)."""

    metadata: LegacyMetadata
    result: LegacyResult
    git_context: LegacyContext


class ReviewStatus(msgspec.Struct, frozen=True, rename="camel"):
    """Where a review stands ([7.7]); the last two are left out for an unknown one."""

    session_active: bool
    review_saved: bool
    is_complete: bool
    started_at: str | UnsetType = UNSET
    state: State | UnsetType = UNSET


class DrilldownTrace(msgspec.Struct, frozen=True, rename="camel"):
    """One step of a drilldown."""

    step: int
    tool: str
    input_summary: str
    output_summary: str
    timestamp: str


class Drilldown(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A closer look at one issue."""

    issue_id: str
    issue: Issue
    detailed_analysis: str
    root_cause: str
    impact: str
    suggested_fix: str
    patch: str | None
    related_issues: tuple[str, ...]
    references: tuple[str, ...]
    trace: tuple[DrilldownTrace, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A review as the store lists it; `record` is None unless it was completed and asked for."""

    id: str
    kind: Kind
    state: State
    project_path: str
    created_at: str
    ended_at: str | None
    record: Record | None = None
    legacy: LegacyRecord | None = None
