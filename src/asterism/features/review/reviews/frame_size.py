"""Keeping every event below the size that readers accept (Stargazer [6.9])."""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET

from asterism.features.review.findings import Issue, LegacyIssue, LegacyResult, Result
from asterism.features.review.reviews.events import Complete
from asterism.features.review.reviews.models import LegacyRecord, Record

FRAME_BYTES = 256 << 10
_SLACK = 512  # the id, event and data words, the review id and the other fields around the result
_NOTE = 256  # the sentence on what was left out, and the members around it
_EXCERPT = 400
_TEXT = 1000
Reduce = Callable[[Issue], Issue]


def _without_enrichment(issue: Issue) -> Issue:
    return msgspec.structs.replace(issue, enrichment=UNSET)


def _without_extras(issue: Issue) -> Issue:
    return msgspec.structs.replace(issue, trace=UNSET, better_options=UNSET, tests_to_add=UNSET, fix_plan=UNSET)


def _short_excerpts(issue: Issue) -> Issue:
    evidence = tuple(msgspec.structs.replace(entry, excerpt=entry.excerpt[:_EXCERPT]) for entry in issue.evidence)
    return msgspec.structs.replace(issue, evidence=evidence)


def _without_patch(issue: Issue) -> Issue:
    return msgspec.structs.replace(issue, suggested_patch=None)


def _short_texts(issue: Issue) -> Issue:
    return msgspec.structs.replace(
        issue,
        title=issue.title[:_TEXT],
        rationale=issue.rationale[:_TEXT],
        recommendation=issue.recommendation[:_TEXT],
        symptom=issue.symptom[:_TEXT],
        why_it_matters=issue.why_it_matters[:_TEXT],
    )


_STEPS: tuple[Reduce, ...] = (_without_extras, _short_excerpts, _without_patch, _short_texts)


def fitting_issue(issue: Issue, limit: int = FRAME_BYTES) -> Issue:
    """Return the issue as it is, or reduced step by step until one event holds it."""
    for reduce in _STEPS:
        if _size(issue) <= limit - _SLACK:
            return issue
        issue = reduce(issue)
    return issue


def complete(record: Record, limit: int = FRAME_BYTES) -> Complete:
    """Build the event `complete` of a stored review."""
    duration = record.metadata.duration_ms
    length = duration if isinstance(duration, int) else 0
    return fitting_complete(record.result, record.metadata.id, length, limit)


def fitting_complete(result: Result, review_id: str, duration_ms: int, limit: int = FRAME_BYTES) -> Complete:
    """Build the event `complete`, reduced on a copy when it would be too large; the stored review never is."""
    shown, truncated = _fitting(result, review_id, limit - _SLACK)
    return Complete(shown, review_id, duration_ms, truncated or UNSET)


def _fitting(result: Result, review_id: str, limit: int) -> tuple[Result, bool]:
    if _size(result) <= limit:
        return result, False
    issues = result.issues
    for reduce in (_without_enrichment, *_STEPS):
        issues = tuple(reduce(issue) for issue in issues)
        reduced = Result(result.summary, issues)
        if _size(reduced) <= limit:
            return reduced, True
    kept: list[Issue] = []
    room = limit - _size(result.summary) - _NOTE
    for issue in issues:
        room -= _size(issue) + 1
        if room < 0:
            break
        kept.append(issue)
    return Result(f"{result.summary}\n{_left_out(len(issues) - len(kept), review_id)}", tuple(kept)), True


def fitting_legacy(record: LegacyRecord, limit: int = FRAME_BYTES) -> LegacyResult:
    """Return the result of a review of the older kind, its last issues left out where one event cannot hold them."""
    room = limit - _SLACK - _size(record.summary) - _NOTE
    kept: list[LegacyIssue] = []
    for issue in record.issues:
        room -= _size(issue) + 1
        if room < 0:
            break
        kept.append(issue)
    left = len(record.issues) - len(kept)
    summary = f"{record.summary}\n{_left_out(left, record.id)}".strip() if left else record.summary
    return LegacyResult(summary, tuple(kept), record.overall_score)


def _left_out(amount: int, review_id: str) -> str:
    return f"{amount} more issues are stored with review {review_id}."


def _size(value: Any) -> int:
    return len(msgspec.json.encode(value))
