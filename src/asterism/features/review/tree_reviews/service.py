"""Use cases of reviews of trees that touch the database alone."""

from asterism.base.clock import shift
from asterism.base.pagination import Page, decode_cursor, encode_cursor
from asterism.features.accounts.identity import Caller
from asterism.features.review import tracked_findings
from asterism.features.review.tracked_findings import Tracked
from asterism.features.review.tree_reviews import store
from asterism.features.review.tree_reviews.errors import EventsExpired, UnknownReview
from asterism.features.review.tree_reviews.models import KEPT_DAYS, TreeReview
from asterism.features.versions import projects, storage, workspaces
from asterism.kernel.db import Tx
from asterism.kernel.streams import Head, Streams


def get_review(tx: Tx, caller: Caller, review_id: str) -> TreeReview:
    """Return a review of the caller. Raises UnknownReview or InsufficientScope."""
    return _review_and_project(tx, caller, review_id)[0]


def read_review(tx: Tx, caller: Caller, review_id: str) -> tuple[TreeReview, list[Tracked]]:
    """Return a review with its findings as they are today. Raises UnknownReview or InsufficientScope."""
    review, project = _review_and_project(tx, caller, review_id)
    return review, tracked_findings.findings_by_id(tx, project, review.finding_ids)


def _review_and_project(tx: Tx, caller: Caller, review_id: str) -> tuple[TreeReview, projects.Project]:
    found = store.find(tx, review_id)
    if found is None:
        raise UnknownReview
    try:
        return found, projects.get_project(tx, caller, found.project_id)
    except projects.UnknownProject:
        raise UnknownReview from None


def list_reviews(
    tx: Tx, caller: Caller, project_id: str, *, workspace_id: str | None = None, limit: int, cursor: str | None = None
) -> Page[TreeReview]:
    """Return reviews of a project, newest first. Raises UnknownProject, UnknownWorkspace or Invalid."""
    project = projects.get_project(tx, caller, project_id)
    if workspace_id is not None and workspaces.find_in_project(tx, caller, project, workspace_id) is None:
        raise workspaces.UnknownWorkspace
    scope = f"reviews:{project.id}:{workspace_id}"
    before = decode_cursor(scope, cursor, tuple[str])[0] if cursor else None
    found = store.page(tx, project.id, workspace_id, before, limit + 1)
    return Page(found[:limit], encode_cursor(scope, [found[limit - 1].id]) if len(found) > limit else None)


def follow_review(tx: Tx, streams: Streams, caller: Caller, review_id: str) -> tuple[TreeReview, Head]:
    """Return a review and how far its log has come. Raises UnknownReview or EventsExpired."""
    review = get_review(tx, caller, review_id)
    head = streams.head(tx, review.stream)
    if head is None or head.expired:
        raise EventsExpired
    return review, head


def manifest_roots(tx: Tx, user_id: str) -> set[str]:
    """Return the trees of the last month's reviews, which keeps them from being collected."""
    return store.trees(tx, user_id, shift(tx.now(), seconds=-KEPT_DAYS * 86_400))


ROOTS = storage.Roots(maybe=manifest_roots, columns=("tree_reviews.base_tree", "tree_reviews.tree"))
