"""The first line of a summary and the score (Stargazer [5.56], [5.57])."""

from collections import Counter
from collections.abc import Iterable

from asterism.features.review.findings.models import SEVERITIES, Issue, Severity

_HALF_POINTS = {Severity.BLOCKER: 60, Severity.HIGH: 30, Severity.MEDIUM: 12, Severity.LOW: 4, Severity.NIT: 1}


def count(issues: Iterable[Issue]) -> dict[Severity, int]:
    """Count issues by severity; every severity has an entry."""
    tally = Counter(issue.severity for issue in issues)
    return {severity: tally[severity] for severity in SEVERITIES}


def headline(issues: Iterable[Issue]) -> str:
    """Write `Found 3 issues: 1 high, 2 medium.`"""
    tally = count(issues)
    total = sum(tally.values())
    parts = ", ".join(f"{amount} {severity.value}" for severity, amount in tally.items() if amount)
    noun = "issue" if total == 1 else "issues"
    return f"Found {total} {noun}: {parts}." if parts else "Found 0 issues."


def score(issues: Iterable[Issue]) -> int:
    """Derive 0-100 from the severities; computed in half points, so rounding half up is exact."""
    half = sum(_HALF_POINTS[severity] * amount for severity, amount in count(issues).items())
    return max(0, (200 - half + 1) // 2)
