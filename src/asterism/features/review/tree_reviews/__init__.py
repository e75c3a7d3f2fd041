"""Reviews of stored trees: the engine of every review on what two trees differ in, without a checkout (Beyond 5).

`TreeReviews` begins and cancels them; what they find is kept by `tracked_findings` and lives on with the trees.
"""

from asterism.features.review.tree_reviews.errors import EventsExpired, UnknownReview
from asterism.features.review.tree_reviews.models import STREAM, Ports, Status, TreeReview
from asterism.features.review.tree_reviews.runs import TreeReviews
from asterism.features.review.tree_reviews.service import (
    ROOTS,
    follow_review,
    get_review,
    list_reviews,
    read_review,
)

__all__ = [
    "ROOTS",
    "STREAM",
    "EventsExpired",
    "Ports",
    "Status",
    "TreeReview",
    "TreeReviews",
    "UnknownReview",
    "follow_review",
    "get_review",
    "list_reviews",
    "read_review",
]
