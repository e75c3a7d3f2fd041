"""Reviews: several specialised reviewers and static analyzers look at one change, and their findings become one list.

`ReviewRuns` begins and joins reviews, the functions here read and change stored ones. Every review writes its events
to a stream; what a client sees live is what a replay shows.
"""

from asterism.features.review.reviews import events
from asterism.features.review.reviews.drilldown import drill
from asterism.features.review.reviews.errors import (
    AllLensesFailed,
    DrilldownFailed,
    IssueNotFound,
    KeyRejected,
    LegacyReviewNotFound,
    ReviewNotFound,
    TooManyReviews,
)
from asterism.features.review.reviews.frame_size import fitting_complete, fitting_issue
from asterism.features.review.reviews.legacy_review import STREAM as LEGACY_STREAM
from asterism.features.review.reviews.legacy_review import LegacyRequest
from asterism.features.review.reviews.log import Log, Progress, stream_of
from asterism.features.review.reviews.models import (
    REVIEW_SECONDS,
    Drilldown,
    LegacyMetadata,
    Metadata,
    ReviewStatus,
    Row,
    SavedLegacy,
)
from asterism.features.review.reviews.posted_diff import for_github, review_diff
from asterism.features.review.reviews.records import coverage_of
from asterism.features.review.reviews.review_runs import ReviewRuns
from asterism.features.review.reviews.service import (
    SavedTriage,
    completed_review,
    delete_review,
    dismiss,
    find_issue,
    list_legacy,
    list_triage,
    read_legacy,
    read_triage,
    replay_point,
    require_known,
    restore,
    reviewed_files,
    status,
)
from asterism.features.review.reviews.services import Request, Services
from asterism.features.review.reviews.stages import TOO_LONG, Subject, failure_of, inspect

__all__ = [
    "LEGACY_STREAM",
    "REVIEW_SECONDS",
    "TOO_LONG",
    "AllLensesFailed",
    "Drilldown",
    "DrilldownFailed",
    "IssueNotFound",
    "KeyRejected",
    "LegacyMetadata",
    "LegacyRequest",
    "LegacyReviewNotFound",
    "Log",
    "Metadata",
    "Progress",
    "Request",
    "ReviewNotFound",
    "ReviewRuns",
    "ReviewStatus",
    "Row",
    "SavedLegacy",
    "SavedTriage",
    "Services",
    "Subject",
    "TooManyReviews",
    "completed_review",
    "coverage_of",
    "delete_review",
    "dismiss",
    "drill",
    "events",
    "failure_of",
    "find_issue",
    "fitting_complete",
    "fitting_issue",
    "for_github",
    "inspect",
    "list_legacy",
    "list_triage",
    "read_legacy",
    "read_triage",
    "replay_point",
    "require_known",
    "restore",
    "review_diff",
    "reviewed_files",
    "status",
    "stream_of",
]
