"""What the stream of a review tells, in the documented form (Stargazer 6.4). `Complete` and `ReviewError` are terminal.

All but those two end with the moment at which they were written.
"""

from typing import Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from asterism.features.review.findings import Agent, Category, Issue, LegacyResult, Lens, Result, Severity
from asterism.features.review.inspection import Skip
from asterism.kernel.streams import Fact

Step = Literal["diff", "triage", "enrich", "report"]


class ReviewStarted(Fact, frozen=True, kw_only=True, rename="camel", tag="review_started"):
    """A review begins: first without a count, then with what will be reviewed. At most 50 skips are named."""

    review_id: str
    files_total: int
    files_skipped: int | UnsetType = UNSET
    skipped: tuple[Skip, ...] | UnsetType = UNSET
    timestamp: str


class StepStart(Fact, frozen=True, tag="step_start"):
    """A step begins."""

    step: Step
    timestamp: str


class StepComplete(Fact, frozen=True, tag="step_complete"):
    """A step is done."""

    step: Step
    timestamp: str


class StepError(Fact, frozen=True, tag="step_error"):
    """The open step failed; only right before the terminal `ReviewError`, with the same text."""

    step: Step
    error: str
    timestamp: str


class AgentStart(Fact, frozen=True, tag="agent_start"):
    """The agent of a lens begins."""

    agent: Agent
    timestamp: str


class AgentThinking(Fact, frozen=True, tag="agent_thinking"):
    """What an agent is about: at most 200 characters, no code, no secrets."""

    agent: str
    thought: str
    timestamp: str


class FileStart(Fact, frozen=True, tag="file_start"):
    """An agent opens a file; `index` counts from 0."""

    file: str
    index: int
    total: int
    agent: str
    timestamp: str


class FileComplete(Fact, frozen=True, tag="file_complete"):
    """An agent has read a file."""

    file: str
    index: int
    total: int
    agent: str
    timestamp: str


class ToolCall(Fact, frozen=True, tag="tool_call"):
    """An agent reads lines; `input` is `path:first-last`."""

    agent: str
    tool: str
    input: str
    timestamp: str


class ToolResult(Fact, frozen=True, tag="tool_result"):
    """How many lines it read."""

    agent: str
    tool: str
    summary: str
    timestamp: str


class Preview(msgspec.Struct, frozen=True):
    """What is shown of a candidate."""

    id: str
    severity: Severity
    category: Category
    title: str
    file: str
    line_start: int | None
    line_end: int | None

    @classmethod
    def of(cls, issue: Issue) -> "Preview":
        """Make it from a candidate."""
        return cls(issue.id, issue.severity, issue.category, issue.title, issue.file, issue.line_start, issue.line_end)


class IssuePreview(Fact, frozen=True, tag="issue_preview"):
    """A candidate has its place."""

    agent: str
    issue: Preview
    timestamp: str


class IssueFound(Fact, frozen=True, tag="issue_found"):
    """A final issue, without its enrichment."""

    agent: str
    issue: Issue
    timestamp: str


class AgentComplete(Fact, frozen=True, kw_only=True, rename="camel", tag="agent_complete"):
    """An agent is done; `error` says why its lens failed."""

    agent: str
    issue_count: int
    status: Literal["failed"] | UnsetType = UNSET
    error: str | UnsetType = UNSET
    timestamp: str


class LensStat(msgspec.Struct, frozen=True, rename="camel"):
    """How one lens fared."""

    lens_id: Lens
    issue_count: int
    status: Literal["success", "failed"]
    coverage: Literal["full", "partial", "none"]


class OrchestratorComplete(Fact, frozen=True, rename="camel", tag="orchestrator_complete"):
    """All agents are done."""

    summary: str
    total_issues: int
    lens_stats: tuple[LensStat, ...]
    files_analyzed: int
    timestamp: str


class EnrichProgress(Fact, frozen=True, rename="camel", tag="enrich_progress"):
    """What is being learned about a final issue."""

    issue_id: str
    enrichment_type: Literal["blame", "context"]
    status: Literal["started", "complete", "failed"]
    timestamp: str


class Complete(Fact, frozen=True, rename="camel", tag="complete"):
    """The review is saved; `truncated` when this frame holds less than what was saved."""

    result: Result
    review_id: str
    duration_ms: int
    truncated: bool | UnsetType = UNSET


class Cause(msgspec.Struct, frozen=True):
    """Why a review failed."""

    message: str
    code: str


class ReviewError(Fact, frozen=True, tag="error"):
    """The review failed or was cancelled (Stargazer 6.5)."""

    error: Cause


ReviewEvent: TypeAlias = (
    ReviewStarted
    | StepStart
    | StepComplete
    | StepError
    | AgentStart
    | AgentThinking
    | FileStart
    | FileComplete
    | ToolCall
    | ToolResult
    | IssuePreview
    | IssueFound
    | AgentComplete
    | OrchestratorComplete
    | EnrichProgress
    | Complete
    | ReviewError
)


class Chunk(Fact, frozen=True, tag="chunk"):
    """A piece of the model's answer to a review of the older kind, secrets masked (Stargazer 9.2)."""

    content: str


class LegacyComplete(Fact, frozen=True, rename="camel", tag="complete"):
    """The review of the older kind is saved."""

    result: LegacyResult
    review_id: str


class LegacyCause(msgspec.Struct, frozen=True):
    """Why a review of the older kind failed."""

    code: str
    message: str


class LegacyError(Fact, frozen=True, tag="error"):
    """The review of the older kind failed."""

    error: LegacyCause


LegacyEvent: TypeAlias = Chunk | LegacyComplete | LegacyError
