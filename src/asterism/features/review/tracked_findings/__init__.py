"""Findings that live with trees: kept by reviews of stored trees, carried by content, never reviewed again (Beyond 5).

A finding is in a tree when its file, renamed or not, holds its anchor at any line. `keep` takes what a review has
found; a job (`register`, `enqueue`) looks where findings stand when workspaces move, at the cost of what differs, and
says which are fixed.
"""

from asterism.features.review.tracked_findings.anchors import anchor_of
from asterism.features.review.tracked_findings.errors import UnknownFinding
from asterism.features.review.tracked_findings.jobs import FOLLOW, SWEEP, enqueue, enqueue_where_any, register
from asterism.features.review.tracked_findings.marks import findings_of_file
from asterism.features.review.tracked_findings.models import (
    Anchor,
    Found,
    Introduced,
    Lines,
    Origins,
    Seen,
    Spot,
    Status,
    Tracked,
)
from asterism.features.review.tracked_findings.refresh import refresh
from asterism.features.review.tracked_findings.service import (
    NEWS,
    Kept,
    dismiss,
    dismissed_prints,
    findings_by_id,
    get_finding,
    keep,
    known_prints,
    list_findings,
    reopen,
)

__all__ = [
    "FOLLOW",
    "NEWS",
    "SWEEP",
    "Anchor",
    "Found",
    "Introduced",
    "Kept",
    "Lines",
    "Origins",
    "Seen",
    "Spot",
    "Status",
    "Tracked",
    "UnknownFinding",
    "anchor_of",
    "dismiss",
    "dismissed_prints",
    "enqueue",
    "enqueue_where_any",
    "findings_by_id",
    "findings_of_file",
    "get_finding",
    "keep",
    "known_prints",
    "list_findings",
    "refresh",
    "register",
    "reopen",
]
