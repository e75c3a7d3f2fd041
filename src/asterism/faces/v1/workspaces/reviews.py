"""`/v1/workspaces/:workspaceId/reviews`: reviewing what a workspace shows (ours)."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from asterism.asgi.answers import Accepted
from asterism.asgi.limits import MODEL_CALLS
from asterism.faces.v1.call import Call, post
from asterism.faces.v1.wire_findings import TreeReview, TreeReviewAnswer
from asterism.features.review.findings import LENSES, Lens
from asterism.features.review.reviews import TooManyReviews
from asterism.features.versions.snapshots import UnknownSnapshot
from asterism.features.versions.storage import BlobsMissing, ManifestNotFound
from asterism.features.versions.workspaces import NoTree, UnknownWorkspace


class ReviewAsked(msgspec.Struct):
    """What to compare with: `main` (the merge base with it), `head`, or a snapshot's id; and through which lenses."""

    against: Annotated[str, Meta(min_length=1, max_length=255)] = "main"
    lenses: Annotated[list[Lens], Meta(max_length=len(LENSES))] = []
    profile: Literal["quick", "strict", "perf", "security"] | None = None


@post(
    "/v1/workspaces/{workspace_id:str}/reviews",
    rate=MODEL_CALLS,
    headers={"Location": "Where the review is read."},
    errors=(UnknownWorkspace, UnknownSnapshot, NoTree, ManifestNotFound, BlobsMissing, TooManyReviews),
)
async def create(call: Call, workspace_id: str, body: ReviewAsked) -> Accepted[TreeReviewAnswer]:
    """POST /v1/workspaces/:workspaceId/reviews: review its working tree against main, its head or a snapshot."""
    begun = await call.rt.tree_reviews.begin(
        call.caller, workspace_id, against=body.against, lenses=body.lenses, profile=body.profile
    )
    return Accepted(TreeReviewAnswer(TreeReview.of(begun)), {"Location": f"/v1/reviews/{begun.id}"})
