"""`/api/pr-review`: review a posted diff and answer in GitHub's terms (Stargazer 10)."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request

from asterism.asgi.body import Disconnected
from asterism.base.errors import Invalid, RateLimited
from asterism.faces.local import review_options as shared
from asterism.faces.local.call import LocalCall, post
from asterism.faces.local.wire import given
from asterism.features.review import exports, inspection, reviews
from asterism.kernel.db import Tx

T = TypeVar("T")
BODY = 5 << 20
LONGEST_REF = 255
PR_ERRORS = (
    inspection.NoDiff,
    *shared.MODEL_ERRORS,
    RateLimited,
    reviews.AllLensesFailed,
)


class PostedDiff(msgspec.Struct, rename="camel"):
    """A diff and how to review it."""

    diff: str
    lenses: list[str] | UnsetType = UNSET
    profile: str | UnsetType = UNSET
    min_severity: str | UnsetType = UNSET
    base_ref: str | UnsetType = UNSET
    head_ref: str | UnsetType = UNSET


@post("/api/pr-review", max_body=BODY, statuses=shared.NO_MODEL, errors=PR_ERRORS)
async def create(call: LocalCall, body: PostedDiff) -> exports.PrReview:
    """POST /api/pr-review: review a posted diff."""
    options, refs = await call.rt.db.run_read(chosen, body)
    await asyncio.to_thread(inspection.require_diff, body.diff)
    target = await shared.model_or_none(call)
    manager = call.rt.reviews
    async with manager.place():
        work = reviews.review_diff(manager.services, body.diff, options, target, refs=refs)
        return reviews.for_github(await while_connected(call.request, work))


def chosen(tx: Tx, body: PostedDiff) -> tuple[inspection.Options, tuple[str | None, str | None]]:
    """Read options and references of the body. Raises Invalid."""
    if not body.diff:
        raise Invalid.field("diff", "must not be empty")
    refs = (given(body.base_ref), given(body.head_ref))
    if any(ref is not None and len(ref) > LONGEST_REF for ref in refs):
        raise Invalid.field("baseRef", f"must have at most {LONGEST_REF} characters")
    options = inspection.resolve(
        chosen_mode="files",
        lens_names=[] if isinstance(body.lenses, UnsetType) else body.lenses,
        profile_name=given(body.profile),
        minimum=given(body.min_severity),
        files=(),
        defaults=shared.defaults(tx),
    )
    return options, refs


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Run `work`, and stop it when the client goes away. Raises Disconnected then."""
    task = asyncio.create_task(work)
    watch = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Disconnected
        return task.result()
    finally:
        for one in (task, watch):
            one.cancel()
        await asyncio.gather(task, watch, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
