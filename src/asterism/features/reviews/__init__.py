"""Reviews: several specialised reviewers and static analyzers look at one change, and their findings become one list.

`ReviewManager` runs and joins reviews, the functions here read and change stored ones. Every review writes its events
to a stream; what a client sees live is what a replay shows.
"""

from asterism.features.reviews.errors import (
    AllLensesFailed,
    IssueNotFound,
    LegacyReviewNotFound,
    NoDiff,
    ReviewFailed,
    ReviewNotFound,
    TooManyReviews,
)
from asterism.features.reviews.log import stream_of
from asterism.features.reviews.manager import ReviewManager
from asterism.features.reviews.models import MODES, PROFILES, Defaults, Mode, Options
from asterism.features.reviews.options import file_names, mode, resolve, severity, words
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
    require_stream,
    restore,
    reviewed_files,
    status,
)

__all__ = [
    "MODES",
    "PROFILES",
    "AllLensesFailed",
    "Defaults",
    "IssueNotFound",
    "LegacyReviewNotFound",
    "Mode",
    "NoDiff",
    "Options",
    "Request",
    "ReviewFailed",
    "ReviewManager",
    "ReviewNotFound",
    "SavedTriage",
    "Services",
    "TooManyReviews",
    "completed_review",
    "delete_review",
    "dismiss",
    "file_names",
    "find_issue",
    "list_legacy",
    "list_triage",
    "mode",
    "read_legacy",
    "read_triage",
    "require_stream",
    "resolve",
    "restore",
    "reviewed_files",
    "severity",
    "status",
    "stream_of",
    "words",
]
