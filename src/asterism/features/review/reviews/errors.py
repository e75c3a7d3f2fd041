"""What can be wrong with a request about reviews; one class per documented code."""

from asterism.base.errors import Invalid, NotFound, RateLimited, Unavailable


class ReviewNotFound(NotFound):
    """No such review, or none that is finished."""


class LegacyReviewNotFound(NotFound):
    """The same on the routes of the older form."""

    code = "REVIEW_NOT_FOUND"


class IssueNotFound(Invalid):
    """The review holds no such issue."""

    code = "ISSUE_NOT_FOUND"


class TooManyReviews(RateLimited):
    """Eight reviews run already."""

    def __init__(self) -> None:
        super().__init__("Too many reviews are running. Try again in a few seconds.", retry_after=5)


class AllLensesFailed(Unavailable):
    """Every lens failed and no analyzer found anything: `AI_ERROR`, or `RATE_LIMITED` when all were throttled."""

    code = "AI_ERROR"


class DrilldownFailed(Unavailable):
    """The model gave no usable answer: `NETWORK_ERROR`, `MODEL_ERROR` or `MODEL_TIMEOUT`."""

    code = "MODEL_ERROR"


class KeyRejected(Invalid):
    """The provider does not take the key."""

    code = "API_KEY_INVALID"
