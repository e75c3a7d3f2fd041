"""What became of findings since the review before: new, still there, fixed. Pure."""

from collections.abc import Sequence

import msgspec

from asterism.features.review.findings import Issue
from asterism.features.review.reviews.models import Record, Standing


def compare(issues: Sequence[Issue], before: Record | None) -> tuple[tuple[Issue, ...], Standing | None]:
    """Mark each issue as new or still there and say which of the earlier ones are gone."""
    if before is None:
        return tuple(issues), None
    known = {issue.fingerprint for issue in before.result.issues}
    present = {issue.fingerprint for issue in issues}
    marked = tuple(
        msgspec.structs.replace(issue, state="still" if issue.fingerprint in known else "new") for issue in issues
    )
    standing = Standing(
        previous_id=before.metadata.id,
        new=tuple(issue.id for issue in marked if issue.state == "new"),
        still=tuple(issue.id for issue in marked if issue.state == "still"),
        fixed=tuple(issue.id for issue in before.result.issues if issue.fingerprint not in present),
    )
    return marked, standing
