"""Telling the project log of reviews (Beyond 1)."""

from asterism.features.review.tree_reviews.models import Status, TreeReview
from asterism.features.versions import project_log
from asterism.features.versions.project_log import ReviewEnded, ReviewStarted
from asterism.kernel.db import Tx

_WORDS = {"completed": "has ended", "failed": "has failed", "cancelled": "was cancelled"}


def started(tx: Tx, review: TreeReview, *, actor: str) -> None:
    """Tell that a review has begun."""
    project_log.append(
        tx,
        review.project_id,
        ReviewStarted(review.against, review.base_tree),
        title="A review has begun.",
        subject=("review", review.id),
        actor=actor,
        workspace_id=review.workspace_id,
        tree=review.tree,
    )


def ended(tx: Tx, review: TreeReview, status: Status, findings: int, new: int) -> None:
    """Tell that a review has its end."""
    counted = f" with {findings} findings, {new} of them new" if status == "completed" else ""
    project_log.append(
        tx,
        review.project_id,
        ReviewEnded(status, findings, new),
        title=f"A review {_WORDS[status]}{counted}.",
        subject=("review", review.id),
        workspace_id=review.workspace_id,
        tree=review.tree,
    )
