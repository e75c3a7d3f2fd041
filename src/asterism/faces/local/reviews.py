"""`/api/reviews`: reviews in the older form, their status, their stream and their end (Stargazer 7)."""

from typing import Annotated

import msgspec

from asterism.asgi.answers import Events
from asterism.asgi.signature import Header
from asterism.asgi.sse import with_heartbeat
from asterism.faces.local import review_options as shared
from asterism.faces.local.call import LocalCall, Uuid, delete, get, post
from asterism.faces.local.query import Page
from asterism.faces.local.triage import removed
from asterism.features.review import reviews

CANCEL_BODY = 16 << 10


class EmptyObject(msgspec.Struct):
    """A body that says nothing."""


class ResumeAfter(msgspec.Struct):
    """The seq to go on after; the header Last-Event-ID wins."""

    after: str = "0"


class LegacyAnswer(msgspec.Struct):
    """A saved review."""

    review: reviews.SavedLegacy


class ReviewDeleted(msgspec.Struct):
    """Whether it was there."""

    deleted: bool


class ReviewCancelled(msgspec.Struct):
    """Whether it was running, and is stopped now."""

    cancelled: bool


@get("/api/reviews", root=True)
def listing(call: LocalCall, query: Page) -> list[reviews.LegacyMetadata]:
    """GET /api/reviews: saved reviews of the project in the older form, the newest first."""
    return reviews.list_legacy(call.tx, project_path=str(call.root), limit=query.limit, offset=query.offset)


@get("/api/reviews/{id:str}", errors=(reviews.LegacyReviewNotFound,))
def read(call: LocalCall, id: Uuid) -> LegacyAnswer:
    """GET /api/reviews/:id: a saved review in the older form."""
    return LegacyAnswer(reviews.read_legacy(call.tx, id))


@delete("/api/reviews/{id:str}")
async def remove(call: LocalCall, id: Uuid) -> ReviewDeleted:
    """DELETE /api/reviews/:id: delete a review; one that runs is cancelled first."""
    return ReviewDeleted(await removed(call, id))


@get("/api/reviews/{id:str}/status")
def status(call: LocalCall, id: Uuid) -> reviews.ReviewStatus:
    """GET /api/reviews/:id/status: whether a review runs, and how it ended."""
    return reviews.status(call.tx, id)


@get("/api/reviews/{id:str}/stream", errors=(reviews.ReviewNotFound,))
async def stream(
    call: LocalCall, id: Uuid, query: ResumeAfter, last_event_id: Annotated[str | None, Header("Last-Event-ID")]
) -> Events[reviews.events.ReviewEvent]:
    """GET /api/reviews/:id/stream: replay a review's events and follow them to the end."""
    after = shared.resume_point(last_event_id, query.after)
    after = await call.rt.db.run_read(reviews.replay_point, call.rt.streams, id, after)
    return Events(with_heartbeat(shared.followed(call.rt.reviews, id, after), beat=shared.BEAT))


@post("/api/reviews/{id:str}/cancel", max_body=CANCEL_BODY, empty_body=True, errors=(reviews.ReviewNotFound,))
async def cancel(call: LocalCall, id: Uuid, body: EmptyObject) -> ReviewCancelled:  # noqa: ARG001 - it is checked
    """POST /api/reviews/:id/cancel: stop a running review."""
    cancelled = await call.rt.reviews.cancel(id)
    if not cancelled:
        await call.rt.db.run_read(reviews.require_known, id)
    return ReviewCancelled(cancelled)
