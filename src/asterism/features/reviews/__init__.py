"""Reviews: several specialised reviewers and static analyzers look at one change, and their findings become one list.

`ReviewManager` runs and joins reviews, the functions here read and change stored ones. Every review writes its events
to a stream; what a client sees live is what a replay shows.
"""

from asterism.features.reviews.drilling import drill
from asterism.features.reviews.errors import (
    AllLensesFailed,
    DrilldownFailed,
    IssueNotFound,
    KeyRejected,
    LegacyReviewNotFound,
    NoDiff,
    ReviewFailed,
    ReviewNotFound,
    TooManyReviews,
    TooMuchDiff,
)
from asterism.features.reviews.legacy import LegacyRequest, LegacyRun
from asterism.features.reviews.log import stream_of
from asterism.features.reviews.manager import ReviewManager
from asterism.features.reviews.models import MODES, PROFILES, Defaults, Mode, Options, Row
from asterism.features.reviews.options import file_names, mode, resolve, severity, words
from asterism.features.reviews.posted import require_diff
from asterism.features.reviews.posting import Posted, Silence, for_github, review_diff, review_once, review_text
from asterism.features.reviews.running import Request, Services
from asterism.features.reviews.service import (
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

__all__ = [
    "MODES",
    "PROFILES",
    "AllLensesFailed",
    "Defaults",
    "DrilldownFailed",
    "IssueNotFound",
    "KeyRejected",
    "LegacyRequest",
    "LegacyReviewNotFound",
    "LegacyRun",
    "Mode",
    "NoDiff",
    "Options",
    "Posted",
    "Request",
    "ReviewFailed",
    "ReviewManager",
    "ReviewNotFound",
    "Row",
    "SavedTriage",
    "Services",
    "Silence",
    "TooManyReviews",
    "TooMuchDiff",
    "completed_review",
    "delete_review",
    "dismiss",
    "drill",
    "file_names",
    "find_issue",
    "for_github",
    "list_legacy",
    "list_triage",
    "mode",
    "read_legacy",
    "read_triage",
    "replay_point",
    "require_diff",
    "require_known",
    "resolve",
    "restore",
    "review_diff",
    "review_once",
    "review_text",
    "reviewed_files",
    "severity",
    "status",
    "stream_of",
    "words",
]
