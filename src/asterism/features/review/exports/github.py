"""A review as GitHub takes it: annotations and inline comments that lie inside the diff (Stargazer 10)."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from msgspec import UNSET, UnsetType

from asterism.features.review.exports.escapes import clip, clip_bytes, fence, github
from asterism.features.review.findings import Issue, ReviewedFile, Severity, patches

MOST = 50
TITLE = 255
MESSAGE_BYTES = 65_536
BODY = 60_000
SUMMARY = 65_535
_LEVELS = {
    Severity.BLOCKER: "failure",
    Severity.HIGH: "failure",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.NIT: "notice",
}


class PrIssue(msgspec.Struct, frozen=True, kw_only=True):
    """One finding in brief; line 0 when it has none."""

    severity: Severity
    title: str
    file: str
    line: int
    message: str
    suggestion: str | UnsetType = UNSET
    id: str
    category: str
    confidence: float
    patch: str | UnsetType = UNSET


class Annotation(msgspec.Struct, frozen=True):
    """A check-run annotation."""

    path: str
    start_line: int
    end_line: int
    annotation_level: str
    message: str
    title: str


class InlineComment(msgspec.Struct, frozen=True, kw_only=True):
    """A review comment on the new side."""

    path: str
    line: int
    side: str = "RIGHT"
    body: str
    start_line: int | UnsetType = UNSET
    start_side: str | UnsetType = UNSET


class PrReview(msgspec.Struct, frozen=True, rename="camel"):
    """Everything GitHub needs."""

    summary: str
    issues: tuple[PrIssue, ...]
    annotations: tuple[Annotation, ...]
    inline_comments: tuple[InlineComment, ...]


@dataclass(frozen=True, slots=True)
class _Spot:
    issue: Issue
    file: ReviewedFile
    start: int
    end: int


def pr_review(summary: str, issues: Sequence[Issue], files: Sequence[ReviewedFile]) -> PrReview:
    """Build the answer; what is not on a line of the diff is demoted to a line of the summary ([10.5])."""
    by_path = {file.path: file for file in files}
    spots: list[_Spot] = []
    demoted: list[Issue] = []
    for issue in issues:
        spot = _spot(issue, by_path.get(issue.file))
        if spot is None:
            demoted.append(issue)
        else:
            spots.append(spot)
    notes = [github(summary)]
    if len(spots) > MOST:
        notes.append(f"{len(spots) - MOST} more issues are not annotated; at most {MOST} are.")
    if demoted:
        notes.append("Not in the diff:")
        notes += [github(f"- {_where(issue)} [{issue.severity.upper()}] {issue.title}") for issue in demoted]
    return PrReview(
        summary=clip("\n".join(notes), SUMMARY),
        issues=tuple(_brief(issue) for issue in issues),
        annotations=tuple(_annotation(spot) for spot in spots[:MOST]),
        inline_comments=tuple(_comment(spot) for spot in spots[:MOST]),
    )


def _spot(issue: Issue, file: ReviewedFile | None) -> _Spot | None:
    if file is None or issue.line_start is None or issue.line_end is None:
        return None
    shown = file.diff.new_lines.get(issue.line_start)
    hunk = file.hunk_at(issue.line_start)
    if shown is None or hunk is None:
        return None
    return _Spot(issue, file, issue.line_start, min(issue.line_end, hunk[1]))


def _where(issue: Issue) -> str:
    return issue.file if issue.line_start is None else f"{issue.file}:{issue.line_start}"


def _brief(issue: Issue) -> PrIssue:
    return PrIssue(
        severity=issue.severity,
        title=issue.title,
        file=issue.file,
        line=issue.line_start or 0,
        message=issue.rationale,
        suggestion=issue.recommendation or UNSET,
        id=issue.id,
        category=issue.category.value,
        confidence=issue.confidence,
        patch=issue.suggested_patch if issue.suggested_patch is not None else UNSET,
    )


def _annotation(spot: _Spot) -> Annotation:
    issue = spot.issue
    message = issue.rationale
    if issue.recommendation:
        message += f"\n\nRecommendation: {issue.recommendation}"
    return Annotation(
        path=issue.file,
        start_line=spot.start,
        end_line=spot.end,
        annotation_level=_LEVELS[issue.severity],
        message=clip_bytes(github(message), MESSAGE_BYTES),
        title=clip(f"[{issue.severity.upper()}] {issue.title}", TITLE),
    )


def _comment(spot: _Spot) -> InlineComment:
    issue = spot.issue
    start, end = spot.start, spot.end
    parts = [f"**{issue.severity.upper()}**: {github(issue.title)}", github(_said(issue))]
    if issue.recommendation:
        parts.append(github(issue.recommendation))
    body = clip("\n\n".join(parts), BODY)
    block = _suggestion(spot)
    if block is not None and len(body) + len(block[2]) + 2 <= BODY:
        start, end = block[0], block[1]
        body = f"{body}\n\n{block[2]}"
    ranged = start < end
    return InlineComment(
        path=issue.file,
        line=end,
        body=body,
        start_line=start if ranged else UNSET,
        start_side="RIGHT" if ranged else UNSET,
    )


def _said(issue: Issue) -> str:
    """What a reader is told first: an analyzer's finding by our rationale, a model's by its symptom if it has one."""
    return issue.rationale if not issue.from_model or not issue.symptom else issue.symptom


def _suggestion(spot: _Spot) -> tuple[int, int, str] | None:
    """Return the lines a suggestion replaces and its block, when the patch is one block inside one hunk ([10.8])."""
    change = patches.replacement(spot.issue.suggested_patch, spot.file)
    if change is None:
        return None
    hunk = spot.file.hunk_at(change.start)
    if hunk is None or change.end > hunk[1]:
        return None
    text = "".join(f"{line}\n" for line in change.lines)
    return change.start, change.end, fence(text, "suggestion")
