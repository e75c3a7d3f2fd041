"""`/api/reviews`: reviews in the older form, their status, their stream and their end (Stargazer 7)."""

from typing import Any

import msgspec

from asterism.asgi.sse import sse_response, with_heartbeat
from asterism.faces.local import review_options as shared
from asterism.faces.local.call import LocalCall, delete, get, post
from asterism.faces.local.triage import removed
from asterism.features.review import reviews

CANCEL_BODY = 16 << 10


class Nothing(msgspec.Struct):
    """A body that says nothing."""


@get("/api/reviews", root=True)
def listing(call: LocalCall[None]) -> Any:
    """GET /api/reviews: saved reviews of the project in the older form, the newest first."""
    limit, offset = call.query.window()
    return reviews.list_legacy(call.tx, project_path=str(call.root), limit=limit, offset=offset)


@get("/api/reviews/{id:str}", uuids=("id",))
def read(call: LocalCall[None]) -> Any:
    """GET /api/reviews/:id: a saved review in the older form."""
    return {"review": reviews.read_legacy(call.tx, call.path["id"])}


@delete("/api/reviews/{id:str}", uuids=("id",))
async def remove(call: LocalCall[None]) -> Any:
    """DELETE /api/reviews/:id: delete a review; one that runs is cancelled first."""
    return {"deleted": await removed(call)}


@get("/api/reviews/{id:str}/status", uuids=("id",))
def status(call: LocalCall[None]) -> Any:
    """GET /api/reviews/:id/status: whether a review runs, and how it ended."""
    return reviews.status(call.tx, call.path["id"]).wire()


@get("/api/reviews/{id:str}/stream", uuids=("id",))
async def stream(call: LocalCall[None]) -> Any:
    """GET /api/reviews/:id/stream: replay a review's events and follow them to the end."""
    after = shared.resume_point(call)
    rt, review_id = call.rt, call.path["id"]
    after = await rt.db.run_read(reviews.replay_point, rt.streams, review_id, after)
    return sse_response(with_heartbeat(shared.followed(rt.reviews, review_id, after), beat=shared.BEAT))


@post("/api/reviews/{id:str}/cancel", uuids=("id",), body=Nothing, max_body=CANCEL_BODY, empty_body=True)
async def cancel(call: LocalCall[Nothing]) -> Any:
    """POST /api/reviews/:id/cancel: stop a running review."""
    cancelled = await call.rt.reviews.cancel(call.path["id"])
    if not cancelled:
        await call.rt.db.run_read(reviews.require_known, call.path["id"])
    return {"cancelled": cancelled}
