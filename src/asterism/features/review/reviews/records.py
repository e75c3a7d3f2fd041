"""From the outcome of the stages to the saved record. Pure."""

from msgspec import UNSET

from asterism.features.review.findings import Result, count
from asterism.features.review.inspection import Change, Coverage, ModelUse, Options, Outcome
from asterism.features.review.reviews.models import GitContext, Metadata, Record, Standing


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
