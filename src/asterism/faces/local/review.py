"""`/api/review/stream`: the older review, one streamed model call (Stargazer 9)."""

from typing import Any

from asterism.asgi.sse import sse_response, with_heartbeat
from asterism.faces.local import review_options as shared
from asterism.faces.local.call import LocalCall, get
from asterism.features.review import inspection, reviews
from asterism.kernel import git


@get("/api/review/stream", guarded=True, statuses=shared.NO_MODEL)
async def stream(call: LocalCall[None]) -> Any:
    """GET /api/review/stream: review staged or unstaged changes in the older form."""
    staged = inspection.legacy_staged(call.query.text("mode"), staged=call.query.flag("staged", True))
    checkout = git.Checkout(call.rt.local.git, call.root)
    await checkout.git.work(checkout.require_work_tree)
    target = await shared.required_model(call)
    request = reviews.LegacyRequest(call.root, staged, target, run_commands=call.trust.run_commands)
    events = await call.rt.reviews.begin_legacy(request)
    return sse_response(with_heartbeat(shared.unnumbered(events), beat=shared.BEAT))
