"""`/api/review/stream`: the older review, one streamed model call (Stargazer 9)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from asterism.asgi.answers import Events
from asterism.asgi.sse import with_heartbeat
from asterism.faces.local import review_options as shared
from asterism.faces.local.call import LocalCall, get
from asterism.features.review import inspection, reviews
from asterism.kernel import git


class StagedOrNot(msgspec.Struct):
    """Which changes to review: the staged ones, or those that are not. `staged` is an older `mode`."""

    mode: Annotated[str, Meta(extra_json_schema={"enum": ["staged", "unstaged", ""]})] | None = None
    staged: bool = True


@get("/api/review/stream", guarded=True, statuses=shared.NO_MODEL, errors=shared.STREAM_ERRORS)
async def stream(call: LocalCall, query: StagedOrNot) -> Events[reviews.events.LegacyEvent]:
    """GET /api/review/stream: review staged or unstaged changes in the older form."""
    staged = inspection.legacy_staged(query.mode, staged=query.staged)
    checkout = git.Checkout(call.rt.local.git, call.root)
    await checkout.git.work(checkout.require_work_tree)
    target = await shared.required_model(call)
    request = reviews.LegacyRequest(call.root, staged, target, run_commands=call.trust.run_commands)
    events = await call.rt.reviews.begin_legacy(request)
    return Events(with_heartbeat(shared.unnumbered(events), beat=shared.BEAT))
