"""`/v1/projects/:projectId/reviews`: the reviews of a project's trees (ours)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from asterism.faces.v1.call import Call, get
from asterism.faces.v1.wire_findings import TreeReview, TreeReviewList
from asterism.features.review import tree_reviews
from asterism.features.versions.workspaces import UnknownWorkspace


class ReviewsAsked(msgspec.Struct):
    """A page of reviews, of one workspace or all."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    cursor: str | None = None
    workspace_id: str | None = None


@get("/v1/projects/{project_id:str}/reviews", errors=(UnknownWorkspace,))
def index(call: Call, project_id: str, query: ReviewsAsked) -> TreeReviewList:
    """GET /v1/projects/:projectId/reviews: reviews of stored trees, newest first."""
    page = tree_reviews.list_reviews(
        call.tx,
        call.caller,
        project_id,
        workspace_id=query.workspace_id,
        limit=query.limit,
        cursor=query.cursor or None,
    )
    return TreeReviewList([TreeReview.of(one) for one in page.items], page.next_cursor)
