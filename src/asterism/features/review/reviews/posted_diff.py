"""Reviewing a posted diff with everything the server has; nothing is stored (Stargazer 10)."""

from asterism.base.errors import RateLimited
from asterism.features.review import analyzers
from asterism.features.review.exports import PrReview, pr_review
from asterism.features.review.inspection import (
    Asker,
    Inspected,
    ModelUse,
    Options,
    ReviewFailed,
    Sources,
    TooMuchDiff,
    inspect_diff,
)
from asterism.features.review.reviews.errors import AllLensesFailed
from asterism.features.review.reviews.services import Services
from asterism.kernel.llm import Target

SECONDS = 300.0


async def review_diff(
    services: Services,
    diff: str,
    options: Options,
    target: Target | None,
    *,
    refs: tuple[str | None, str | None] = (None, None),
) -> Inspected:
    """Review a posted diff.

    Raises NoDiff, TooMuchDiff, and AllLensesFailed or RateLimited when nothing was found because nothing worked.
    """
    use = None if target is None else ModelUse(target.provider, target.model)
    asker = None if target is None or use is None else Asker(services.models, target, services.server_gate, use)
    checks = analyzers.for_diff(services.checks)
    sources = Sources(checks, services.tools, analyzers.Project(), asker, services.verify_model, SECONDS)
    try:
        return await inspect_diff(diff, options, sources, clock=services.clock, refs=refs)
    except ReviewFailed as failure:
        raise _refused(failure) from failure


def for_github(inspected: Inspected) -> PrReview:
    """Write the answer in GitHub's terms."""
    return pr_review(inspected.summary, inspected.outcome.issues, inspected.change.files)


def _refused(failure: ReviewFailed) -> Exception:
    if failure.code == "RATE_LIMITED":
        return RateLimited(failure.message, retry_after=5)
    if failure.code == "GENERATION_FAILED":
        return TooMuchDiff(failure.message)
    return AllLensesFailed(failure.message)
