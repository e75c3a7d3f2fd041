"""`/v1/reviews`: one review of stored trees, and its events to replay and follow (ours)."""

from typing import Annotated

import msgspec

from asterism.asgi.answers import Events, NoContent
from asterism.asgi.signature import Header
from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.open_streams import follow
from asterism.faces.v1.runs import cursor_of
from asterism.faces.v1.wire_chats import frames
from asterism.faces.v1.wire_findings import Finding, TreeReview, TreeReviewAnswer, TreeReviewRead
from asterism.features.review import reviews, tree_reviews


class ReviewAfter(msgspec.Struct):
    """The seq to go on after; the header Last-Event-ID wins."""

    after: str = "0"


@get("/v1/reviews/{review_id:str}", errors=(tree_reviews.UnknownReview,))
def read(call: Call, review_id: str) -> TreeReviewRead:
    """GET /v1/reviews/:reviewId: a review of stored trees with its findings."""
    review, found = tree_reviews.read_review(call.tx, call.caller, review_id)
    findings = [Finding.of(one) for one in found]
    return TreeReviewRead(TreeReview.of(review), review.summary, review.coverage, findings)


@get("/v1/reviews/{review_id:str}/events", errors=(tree_reviews.UnknownReview, tree_reviews.EventsExpired))
async def events(
    call: Call, review_id: str, query: ReviewAfter, last_event_id: Annotated[str | None, Header("Last-Event-ID")]
) -> Events[reviews.events.ReviewEvent] | NoContent:
    """GET /v1/reviews/:reviewId/events: the events after a cursor, then live ones until the review has ended."""
    after = cursor_of(last_event_id, query.after)
    review, head = await call.rt.db.run_read(tree_reviews.follow_review, call.rt.streams, call.caller, review_id)
    if head.closed and head.last_seq <= after:
        return NoContent()
    return follow(call, frames(call.rt.streams, review.stream, after), {})


@post("/v1/reviews/{review_id:str}/cancel", errors=(tree_reviews.UnknownReview,))
async def cancel(call: Call, review_id: str) -> TreeReviewAnswer:
    """POST /v1/reviews/:reviewId/cancel: end a review that runs; one that has ended stays as it is."""
    return TreeReviewAnswer(TreeReview.of(await call.rt.tree_reviews.cancel(call.caller, review_id)))
