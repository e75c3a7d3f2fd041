"""Findings and reviews of stored trees as `/v1` writes them (Beyond 5)."""

from typing import Literal, Self

import msgspec
from msgspec import UNSET, UnsetType

from asterism.base.pagination import Page
from asterism.faces.shapes import copied
from asterism.features.review import tracked_findings, tree_reviews
from asterism.features.review.findings import Issue, Lens
from asterism.features.review.inspection import Coverage
from asterism.features.review.tracked_findings import Tracked

ISSUE_FIELDS = tuple(name for name in Issue.__struct_fields__ if name not in {"id", "state"})


class FirstSeen(msgspec.Struct):
    """The review that found it, the tree that was reviewed, and the snapshot of that tree, if there was one."""

    snapshot_id: str | None
    tree: str
    review_id: str


class FixedIn(msgspec.Struct):
    """The tree in which it was missed last; null when it went together with its workspaces."""

    tree: str | None


class IntroducedBy(msgspec.Struct, kw_only=True):
    """What brought its line; a member that is not known is absent."""

    snapshot_id: str | UnsetType = UNSET
    conversation_id: str | UnsetType = UNSET
    message_id: str | UnsetType = UNSET

    @classmethod
    def of(cls, one: tracked_findings.Introduced) -> Self:
        """Write it."""
        return cls(**{name: value for name in one.__struct_fields__ if (value := getattr(one, name)) is not None})


class Finding(Issue, frozen=True, kw_only=True):
    """A finding and its life. `file` and lines are those of the review that found it, or of the workspace asked for."""

    id: str
    status: Literal["open", "fixed", "dismissed"]
    first_seen: FirstSeen
    present_in: list[str]
    fixed_in: FixedIn | None
    introduced_by: IntroducedBy | None
    created_at: str
    changed_at: str

    @classmethod
    def of(cls, one: Tracked, workspace_id: str | None = None) -> Self:
        """Write a finding; with a workspace, where it stands there."""
        issue = one.issue
        spot = one.places.get(workspace_id or "")
        if spot is not None and issue.line_start is not None and issue.line_end is not None:
            end = spot.line + issue.line_end - issue.line_start
            issue = msgspec.structs.replace(issue, file=spot.path, line_start=spot.line, line_end=end)
        elif spot is not None:
            issue = msgspec.structs.replace(issue, file=spot.path)
        return cls(
            **{name: getattr(issue, name) for name in ISSUE_FIELDS},
            id=one.id,
            status=one.status,
            first_seen=FirstSeen(one.seen.snapshot_id, one.seen.tree, one.seen.review_id),
            present_in=sorted(one.places),
            fixed_in=FixedIn(one.gone_tree) if one.status == "fixed" else None,
            introduced_by=None if one.introduced is None else IntroducedBy.of(one.introduced),
            created_at=one.created_at,
            changed_at=one.changed_at,
        )


class FindingAnswer(msgspec.Struct):
    """A finding."""

    finding: Finding


class FindingList(msgspec.Struct):
    """Findings, newest first."""

    findings: list[Finding]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Page[Tracked], workspace_id: str | None) -> Self:
        """Write a page."""
        return cls([Finding.of(one, workspace_id) for one in page.items], page.next_cursor)


class ReviewFailure(msgspec.Struct):
    """Why a review has no result."""

    code: str
    message: str


class TreeReview(msgspec.Struct, kw_only=True):
    """A review of stored trees; `base_tree` is null where there was nothing to compare with."""

    id: str
    project_id: str
    workspace_id: str
    status: Literal["running", "completed", "failed", "cancelled"]
    against: str
    base_tree: str | None
    tree: str
    lenses: list[Lens]
    profile: str | None
    finding_count: int
    new_count: int
    error: ReviewFailure | None
    created_at: str
    ended_at: str | None

    @classmethod
    def of(cls, one: tree_reviews.TreeReview) -> Self:
        """Write a review."""
        failed = one.error_code is not None
        return copied(
            cls,
            one,
            finding_count=len(one.finding_ids),
            error=ReviewFailure(one.error_code or "", one.error_message or "") if failed else None,
        )


class TreeReviewAnswer(msgspec.Struct):
    """A review."""

    review: TreeReview


class TreeReviewRead(msgspec.Struct):
    """A review, what it says once it is completed, and its findings as they are today."""

    review: TreeReview
    summary: str | None
    coverage: Coverage | None
    findings: list[Finding]


class TreeReviewList(msgspec.Struct):
    """Reviews, newest first."""

    reviews: list[TreeReview]
    next_cursor: str | None
