"""What a finding is, and the fixed vocabulary of reviews (Stargazer 5.5, 11.1, 11.3).

These structs encode to the documented JSON of an issue, because a review's log and record are kept in that form and
must read back byte for byte (ADR 0060). Optional fields without a value are UNSET and leave no trace in the JSON.
"""

from enum import StrEnum
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType


class Severity(StrEnum):
    """How bad, in rank order; see `RANK`."""

    BLOCKER = "blocker"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NIT = "nit"


class Lens(StrEnum):
    """One specialised view on a change, in canonical order."""

    CORRECTNESS = "correctness"
    SECURITY = "security"
    PERFORMANCE = "performance"
    SIMPLICITY = "simplicity"
    TESTS = "tests"


class Category(StrEnum):
    """What kind of defect."""

    CORRECTNESS = "correctness"
    SECURITY = "security"
    PERFORMANCE = "performance"
    API = "api"
    TESTS = "tests"
    READABILITY = "readability"
    STYLE = "style"


SEVERITIES = tuple(Severity)
LENSES = tuple(Lens)
RANK = {severity: index for index, severity in enumerate(SEVERITIES)}
"""0 is the worst."""
LENS_ORDER = {lens: index for index, lens in enumerate(LENSES)}


class Agent(msgspec.Struct, frozen=True):
    """The persona that speaks for a lens in events."""

    id: str
    lens: Lens
    name: str
    emoji: str
    description: str


AGENTS: dict[Lens, Agent] = {
    agent.lens: agent
    for agent in (
        Agent("detective", Lens.CORRECTNESS, "Detective", "\U0001f50d", "Looks for logic and data-flow defects"),
        Agent("guardian", Lens.SECURITY, "Guardian", "\U0001f512", "Looks for exploitable weaknesses"),
        Agent("optimizer", Lens.PERFORMANCE, "Optimizer", "\u26a1", "Looks for avoidable cost"),
        Agent("simplifier", Lens.SIMPLICITY, "Simplifier", "\u2728", "Looks for needless complexity"),
        Agent("tester", Lens.TESTS, "Tester", "\U0001f9ea", "Looks for gaps in tests"),
    )
}
DEFAULT_CATEGORY: dict[Lens, Category] = {
    Lens.CORRECTNESS: Category.CORRECTNESS,
    Lens.SECURITY: Category.SECURITY,
    Lens.PERFORMANCE: Category.PERFORMANCE,
    Lens.SIMPLICITY: Category.READABILITY,
    Lens.TESTS: Category.TESTS,
}


class Range(msgspec.Struct, frozen=True):
    """Line numbers of the new side, both included."""

    start: int
    end: int


class Evidence(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What backs a finding: code of the reviewed version, or another tool's word."""

    type: Literal["code", "doc", "trace", "external"]
    title: str
    source_id: str
    file: str | UnsetType = UNSET
    range: Range | UnsetType = UNSET
    sha: str | UnsetType = UNSET
    excerpt: str


class Trace(msgspec.Struct, frozen=True, rename="camel"):
    """One step on the way to a finding."""

    step: int
    tool: str
    input_summary: str
    output_summary: str
    timestamp: str


class FixStep(msgspec.Struct, frozen=True):
    """One step of a plan to repair."""

    step: int
    action: str
    files: tuple[str, ...] | UnsetType = UNSET
    risk: Literal["low", "medium", "high"] | UnsetType = UNSET


class Blame(msgspec.Struct, frozen=True, rename="camel"):
    """Who last touched the committed line behind a finding."""

    author: str
    author_email: str
    commit: str
    commit_date: str
    summary: str


class Context(msgspec.Struct, frozen=True, rename="camel"):
    """The lines around a finding in the reviewed version."""

    before_lines: tuple[str, ...]
    after_lines: tuple[str, ...]
    total_context: int


class Enrichment(msgspec.Struct, frozen=True, rename="camel"):
    """What the server adds to a final issue from git and the snapshot."""

    blame: Blame | None
    context: Context | None
    enriched_at: str


class Issue(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={
        "why_it_matters": "whyItMatters",
        "fix_plan": "fixPlan",
        "better_options": "betterOptions",
        "tests_to_add": "testsToAdd",
        "rule_id": "ruleId",
    },
):
    """A finding that stands on the reviewed text: anchored, with evidence, an identity and all its texts.

    Lines are numbers of the new side; both are None for a finding about a whole file. `id` is provisional until the
    review's list is final (`identity.number`); `state` is set when the store knows earlier reviews of the project.
    """

    id: str
    severity: Severity
    category: Category
    title: str
    file: str
    line_start: int | None
    line_end: int | None
    rationale: str
    recommendation: str
    suggested_patch: str | None
    confidence: float
    symptom: str
    why_it_matters: str
    evidence: tuple[Evidence, ...]
    fix_plan: tuple[FixStep, ...] | UnsetType = UNSET
    better_options: tuple[str, ...] | UnsetType = UNSET
    tests_to_add: tuple[str, ...] | UnsetType = UNSET
    trace: tuple[Trace, ...] | UnsetType = UNSET
    lens: Lens
    source: str
    rule_id: str | UnsetType = UNSET
    fingerprint: str
    state: Literal["new", "still"] | UnsetType = UNSET
    enrichment: Enrichment | UnsetType = UNSET

    @property
    def from_model(self) -> bool:
        """Whether a model reported it, rather than an analyzer."""
        return self.source == "model"


class Result(msgspec.Struct, frozen=True):
    """What a review found."""

    summary: str
    issues: tuple[Issue, ...]


def lower(severity: Severity, steps: int = 1) -> Severity:
    """Return the severity `steps` below, at most down to nit."""
    return SEVERITIES[min(len(SEVERITIES) - 1, RANK[severity] + steps)]


def at_least(severity: Severity, minimum: Severity) -> bool:
    """Whether `severity` ranks at least as bad as `minimum` (Stargazer [3.6])."""
    return RANK[severity] <= RANK[minimum]
