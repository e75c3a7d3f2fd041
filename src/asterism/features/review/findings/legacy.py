"""The older form of a review, converted both ways (Stargazer 7.2)."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from asterism.features.review.findings.models import Category, Issue, Lens, Severity
from asterism.features.review.findings.score import score

LegacySeverity = Literal["critical", "warning", "suggestion", "nitpick"]
LegacyCategory = Literal["security", "performance", "style", "logic", "documentation", "best-practice"]

_SEVERITY_OUT: dict[Severity, LegacySeverity] = {
    Severity.BLOCKER: "critical",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "warning",
    Severity.LOW: "suggestion",
    Severity.NIT: "nitpick",
}
_CATEGORY_OUT: dict[Category, LegacyCategory] = {
    Category.CORRECTNESS: "logic",
    Category.SECURITY: "security",
    Category.PERFORMANCE: "performance",
    Category.API: "best-practice",
    Category.TESTS: "best-practice",
    Category.READABILITY: "style",
    Category.STYLE: "style",
}
_SEVERITY_IN: dict[str, Severity] = {
    "critical": Severity.HIGH,
    "warning": Severity.MEDIUM,
    "suggestion": Severity.LOW,
    "nitpick": Severity.NIT,
}
_CATEGORY_IN: dict[str, Category] = {
    "logic": Category.CORRECTNESS,
    "security": Category.SECURITY,
    "performance": Category.PERFORMANCE,
    "style": Category.STYLE,
    "documentation": Category.READABILITY,
    "best-practice": Category.READABILITY,
}
_LENS_OF = {
    Category.SECURITY: Lens.SECURITY,
    Category.PERFORMANCE: Lens.PERFORMANCE,
    Category.STYLE: Lens.SIMPLICITY,
    Category.READABILITY: Lens.SIMPLICITY,
}


class LegacyIssue(msgspec.Struct, frozen=True):
    """A finding in the older form. `line` is None when `file` is."""

    severity: LegacySeverity
    category: LegacyCategory
    file: str | None
    line: int | None
    title: str
    description: str
    suggestion: str | None


class LegacyResult(msgspec.Struct, frozen=True, rename="camel"):
    """What an older review found; the score is 0-100 or not known."""

    summary: str
    issues: tuple[LegacyIssue, ...]
    overall_score: int | None


def to_legacy(summary: str, issues: Sequence[Issue]) -> LegacyResult:
    """Convert a triage result."""
    return LegacyResult(summary, tuple(_issue_out(issue) for issue in issues), score(issues))


def _issue_out(issue: Issue) -> LegacyIssue:
    file = issue.file or None
    return LegacyIssue(
        severity=_SEVERITY_OUT[issue.severity],
        category=_CATEGORY_OUT[issue.category],
        file=file,
        line=issue.line_start if file else None,
        title=issue.title,
        description=issue.rationale,
        suggestion=issue.recommendation,
    )


def from_legacy(issues: Sequence[LegacyIssue]) -> tuple[Issue, ...]:
    """Convert the findings of an older review; they have no evidence, and ids by position."""
    return tuple(_issue_in(index, issue) for index, issue in enumerate(issues, 1))


def _issue_in(index: int, issue: LegacyIssue) -> Issue:
    category = _CATEGORY_IN[issue.category]
    return Issue(
        id=f"legacy-{index}",
        severity=_SEVERITY_IN[issue.severity],
        category=category,
        title=issue.title,
        file=issue.file or "",
        line_start=issue.line,
        line_end=issue.line,
        rationale=issue.description,
        recommendation=issue.suggestion or "",
        suggested_patch=None,
        confidence=0.5,
        symptom=issue.title,
        why_it_matters=issue.description,
        evidence=(),
        lens=_LENS_OF.get(category, Lens.CORRECTNESS),
        source="model",
        fingerprint="",
    )
