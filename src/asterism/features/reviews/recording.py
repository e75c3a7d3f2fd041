"""From the outcome of the stages to the saved record. Pure."""

from msgspec import UNSET

from asterism.features.findings import Issue, Result, count
from asterism.features.reviews import noting
from asterism.features.reviews.models import (
    Change,
    Coverage,
    GitContext,
    Metadata,
    ModelUse,
    Options,
    Record,
    Standing,
)
from asterism.features.reviews.pipeline import Outcome


def coverage_of(change: Change, outcome: Outcome, use: ModelUse | None) -> Coverage:
    """Say what was looked at."""
    return Coverage(
        files_total=len(change.files) + len(change.skipped),
        files_reviewed=len(change.files),
        skipped=change.skipped,
        lenses=outcome.lenses,
        analyzers=outcome.checks,
        dropped=outcome.dropped,
        model=use if use is not None else UNSET,
    )


def summary_of(change: Change, options: Options, outcome: Outcome, issues: tuple[Issue, ...], *, model: bool) -> str:
    """Write the summary."""
    return noting.summary(
        issues,
        files=len(change.files),
        lenses=options.lenses,
        model_used=model,
        statuses=outcome.lenses,
        failed_analyzers=outcome.failed_checks,
        skipped=change.skipped,
        dropped=outcome.dropped,
        notes=outcome.notes,
    )


def record_of(
    *,
    review_id: str,
    project_path: str,
    created_at: str,
    duration_ms: int,
    options: Options,
    change: Change,
    coverage: Coverage,
    result: Result,
    standing: Standing | None,
) -> Record:
    """Put the record together; its counts are those of its issues."""
    tally = count(result.issues)
    metadata = Metadata(
        id=review_id,
        project_path=project_path,
        created_at=created_at,
        mode=options.mode,
        staged=options.mode == "staged",
        branch=change.branch,
        profile=options.profile,
        lenses=options.lenses,
        issue_count=len(result.issues),
        file_count=len(change.files),
        duration_ms=duration_ms,
        **{f"{severity.value}_count": amount for severity, amount in tally.items()},
    )
    context = GitContext(change.branch, change.head, len(change.files), change.additions, change.deletions)
    return Record(
        metadata=metadata,
        result=result,
        git_context=context,
        coverage=coverage,
        standing=standing if standing is not None else UNSET,
    )
