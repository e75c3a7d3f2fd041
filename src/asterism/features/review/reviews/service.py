"""Use cases on stored reviews of both forms (Stargazer 7)."""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from asterism.base.clock import shift
from asterism.features.review.findings import (
    Issue,
    LegacyResult,
    Result,
    ReviewedFile,
    count,
    from_legacy,
    to_legacy,
)
from asterism.features.review.inspection import Coverage
from asterism.features.review.reviews import kept_change, store
from asterism.features.review.reviews.errors import IssueNotFound, LegacyReviewNotFound, ReviewNotFound
from asterism.features.review.reviews.log import stream_of
from asterism.features.review.reviews.models import (
    KEPT_FAILED_SECONDS,
    Drilldown,
    GitContext,
    LegacyContext,
    LegacyMetadata,
    LegacyRecord,
    Metadata,
    Record,
    ReviewStatus,
    Row,
    SavedLegacy,
    Standing,
)
from asterism.kernel.db import Tx
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams


class SavedTriage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A triage review as it is read (Stargazer 11.3)."""

    metadata: Metadata
    result: Result
    git_context: GitContext
    drilldowns: tuple[Drilldown, ...]
    coverage: Coverage | UnsetType = UNSET
    standing: Standing | UnsetType = UNSET
    dismissed: tuple[str, ...] | UnsetType = UNSET


def list_triage(tx: Tx, *, project_path: str | None, limit: int, offset: int) -> tuple[list[Metadata], list[str]]:
    """Return the metadata of saved triage reviews, newest first, and a warning per unreadable record."""
    rows, bad = store.completed(tx, kind="triage", project_path=project_path, limit=limit, offset=offset)
    warnings = [f"Review {one} cannot be read and is left out." for one in bad]
    return [row.record.metadata for row in rows if row.record is not None], warnings


def read_triage(tx: Tx, review_id: str) -> SavedTriage:
    """Return a saved review of either kind in the triage form. Raises ReviewNotFound."""
    row = _completed(tx, review_id)
    drilldowns = tuple(store.drilldowns(tx, review_id))
    if row.legacy is not None:
        return _converted(row.legacy, drilldowns)
    record = _record(row)
    hidden = store.dismissed(tx, row.project_path)
    gone = tuple(issue.id for issue in record.result.issues if issue.fingerprint in hidden)
    return SavedTriage(
        metadata=record.metadata,
        result=record.result,
        git_context=record.git_context,
        drilldowns=drilldowns,
        coverage=record.coverage,
        standing=record.standing,
        dismissed=gone or UNSET,
    )


def list_legacy(tx: Tx, *, project_path: str, limit: int, offset: int) -> list[LegacyMetadata]:
    """Return the older metadata of all saved reviews of a project, newest first."""
    rows, _ = store.completed(tx, kind=None, project_path=project_path, limit=limit, offset=offset)
    return [_legacy_metadata(row) for row in rows]


def read_legacy(tx: Tx, review_id: str) -> SavedLegacy:
    """Return a saved review of either kind in the older form. Raises LegacyReviewNotFound."""
    try:
        row = _completed(tx, review_id)
    except ReviewNotFound as error:
        raise LegacyReviewNotFound(error.message) from error
    context = row.legacy or _record(row).git_context
    return SavedLegacy(_legacy_metadata(row), _legacy_result(row), LegacyContext(context.branch, context.file_count))


def status(tx: Tx, review_id: str) -> ReviewStatus:
    """Say where a review stands; failed ones are forgotten after 24 h."""
    row = store.find(tx, review_id)
    if row is None or _forgotten(tx, row):
        return ReviewStatus(session_active=False, review_saved=False, is_complete=False)
    saved = row.state == "completed"
    return ReviewStatus(not saved, saved, row.state != "running", row.created_at, row.state)


def replay_point(tx: Tx, streams: Streams, review_id: str, after: int) -> int:
    """Return the seq after which a reader really goes on ([7.4]). Raises ReviewNotFound when nothing can be replayed.

    Behind the end of a finished log stands its terminal event once more: the reader may have heard a tail that a crash
    took away.
    """
    row = store.find(tx, review_id)
    head = streams.head(tx, stream_of(review_id))
    if row is None or head is None or head.expired or _forgotten(tx, row):
        raise ReviewNotFound("There is no stream of this review.")
    return head.last_seq - 1 if head.closed and after > head.last_seq else after


def require_known(tx: Tx, review_id: str) -> None:
    """Raise ReviewNotFound unless there is such a review, in whatever state."""
    row = store.find(tx, review_id)
    if row is None or _forgotten(tx, row):
        raise ReviewNotFound("There is no review of this id.")


def delete_review(tx: Tx, streams: Streams, review_id: str) -> bool:
    """Remove a review that does not run, with its log, snapshot and drilldowns; return whether it was there."""
    if streams.head(tx, stream_of(review_id)) is not None:
        streams.delete(tx, stream_of(review_id))
    return store.delete(tx, review_id)


def find_issue(tx: Tx, review_id: str, issue_id: str) -> tuple[Row, Issue]:
    """Return a saved review and one of its issues. Raises ReviewNotFound, IssueNotFound."""
    row = _completed(tx, review_id)
    issue = next((one for one in issues_of(row) if one.id == issue_id), None)
    if issue is None:
        raise IssueNotFound(f"The review has no issue {issue_id!r}.")
    return row, issue


def completed_review(tx: Tx, review_id: str) -> Row:
    """Return a saved review of either kind. Raises ReviewNotFound."""
    return _completed(tx, review_id)


def issues_of(row: Row) -> Sequence[Issue]:
    """Return the issues of a saved review in the triage form."""
    return from_legacy(row.legacy.issues) if row.legacy is not None else _record(row).result.issues


def reviewed_files(tx: Tx, secrets: Secrets, review_id: str) -> tuple[ReviewedFile, ...]:
    """Return the snapshot stored with a review, empty when there is none."""
    sealed = store.snapshot_of(tx, review_id)
    return () if sealed is None else kept_change.unpack(secrets, review_id, sealed)


def dismiss(tx: Tx, review_id: str, issue_id: str) -> str:
    """Keep a finding out of later reviews of the project; return its fingerprint."""
    row, issue = find_issue(tx, review_id, issue_id)
    if not issue.fingerprint:
        raise IssueNotFound("An issue of this older review has no identity to be dismissed by.")
    store.dismiss(tx, project_path=row.project_path, fingerprint=issue.fingerprint, title=issue.title, file=issue.file)
    return issue.fingerprint


def restore(tx: Tx, review_id: str, issue_id: str) -> bool:
    """Undo `dismiss`; return whether it was dismissed."""
    row, issue = find_issue(tx, review_id, issue_id)
    return store.restore(tx, project_path=row.project_path, fingerprint=issue.fingerprint)


def _completed(tx: Tx, review_id: str) -> Row:
    row = store.find(tx, review_id)
    if row is None or row.state != "completed":
        raise ReviewNotFound("There is no saved review of this id.")
    return row


def _record(row: Row) -> Record:
    if row.record is None:
        raise ReviewNotFound("There is no saved review of this id.")
    return row.record


def _forgotten(tx: Tx, row: Row) -> bool:
    if row.state not in {"failed", "cancelled"}:
        return False
    return row.kind == "legacy" or (row.ended_at or "") < shift(tx.now(), seconds=-KEPT_FAILED_SECONDS)


def _legacy_result(row: Row) -> LegacyResult:
    if row.legacy is not None:
        return LegacyResult(row.legacy.summary, row.legacy.issues, row.legacy.overall_score)
    record = _record(row)
    return to_legacy(record.result.summary, record.result.issues)


def _legacy_metadata(row: Row) -> LegacyMetadata:
    result = _legacy_result(row)
    kept = row.legacy or _record(row).metadata
    return LegacyMetadata(
        id=row.id,
        project_path=row.project_path,
        created_at=row.created_at,
        staged=kept.staged,
        branch=kept.branch,
        overall_score=result.overall_score,
        issue_count=len(result.issues),
        critical_count=sum(issue.severity == "critical" for issue in result.issues),
        warning_count=sum(issue.severity == "warning" for issue in result.issues),
    )


def _converted(legacy: LegacyRecord, drilldowns: tuple[Drilldown, ...]) -> SavedTriage:
    issues = from_legacy(legacy.issues)
    counts = {f"{severity.value}_count": amount for severity, amount in count(issues).items()}
    metadata = Metadata(
        id=legacy.id,
        project_path=legacy.project_path,
        created_at=legacy.created_at,
        mode="staged" if legacy.staged else "unstaged",
        staged=legacy.staged,
        branch=legacy.branch,
        profile=None,
        lenses=(),
        issue_count=len(issues),
        file_count=legacy.file_count,
        **counts,
    )
    return SavedTriage(
        metadata=metadata,
        result=Result(legacy.summary, issues),
        git_context=GitContext(legacy.branch, None, legacy.file_count, 0, 0),
        drilldowns=drilldowns,
    )
