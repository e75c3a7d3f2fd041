"""What the review routes share: options from query or body, the model to ask, events as frames."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import msgspec
import structlog
from msgspec import Meta

from asterism.asgi.query import IgnoredWith
from asterism.asgi.sse import comment, frame
from asterism.base.errors import Invalid, ShuttingDown
from asterism.faces.local.call import LocalCall
from asterism.faces.local.git import GIT_ERRORS
from asterism.features.review import inspection, local_providers, local_settings, reviews
from asterism.features.review.findings import Lens, Severity
from asterism.kernel.db import Tx
from asterism.kernel.llm import Target
from asterism.kernel.streams import Event

BEAT = b": keep-alive\n\n"
NO_MODEL = {"CONFIG_NOT_FOUND": 500, "API_KEY_MISSING": 500, "AI_CLIENT_ERROR": 500}
MODEL_ERRORS = (local_providers.NoProvider, local_providers.KeyMissing, local_providers.NotUsable)
STREAM_ERRORS = (*GIT_ERRORS, *MODEL_ERRORS, reviews.TooManyReviews, ShuttingDown)
"""What a route that begins a review answers in place of its stream."""
_log = structlog.get_logger("asterism")


class TriageQuery(msgspec.Struct, rename="camel"):
    """How to review; what is not said is as the profile says, or else the settings. `staged` is an older `mode`."""

    mode: Annotated[str, Meta(extra_json_schema={"enum": [*inspection.MODES, ""]})] | None = None
    staged: Annotated[bool, IgnoredWith("mode")] = False
    lenses: Annotated[str, Meta(description="Ids of lenses, separated by commas.")] | None = None
    profile: str | None = None
    min_severity: str | None = None
    files: Annotated[str, Meta(description="Paths to review, separated by commas.")] | None = None
    file: list[str] = []
    base: str | None = None

    def options(self, tx: Tx) -> inspection.Options:
        """Return the effective options. Raises Invalid naming the value and the legal ones."""
        return inspection.resolve(
            chosen_mode=inspection.mode(self.mode, self.staged),
            lens_names=inspection.words(self.lenses),
            profile_name=self.profile,
            minimum=self.min_severity,
            files=inspection.file_names(self.files, self.file),
            defaults=defaults(tx),
            base=self.base or None,
        )


def defaults(tx: Tx) -> inspection.Defaults:
    """Read what the settings say where a request says nothing."""
    found = local_settings.read_settings(tx)
    lenses = tuple(Lens(lens) for lens in found.default_lenses)
    return inspection.Defaults(lenses, found.profile, Severity(found.minimum_severity))


async def model_or_none(call: LocalCall) -> Target | None:
    """Return the model to ask, None when the analyzers do alone. Raises NoProvider, KeyMissing or NotUsable ([5.3])."""
    services = call.rt.reviews.services
    try:
        return await required_model(call)
    except MODEL_ERRORS:
        if services.require_model or not services.checks:
            raise
        return None


async def required_model(call: LocalCall) -> Target:
    """Return the model to ask. Raises NoProvider, KeyMissing or NotUsable."""
    return await asyncio.to_thread(local_providers.find_model, call.rt.db, call.rt.local.keys)


async def opened(call: LocalCall, request: reviews.Request) -> AsyncGenerator[bytes, None]:
    """Begin or join a review and return its frames; with all places taken, know first whether one can be joined."""
    manager = call.rt.reviews
    if manager.full:
        known = await manager.begin(request)
        return followed(manager, known)
    beginning = manager.opened(request)
    return _after(manager, beginning)


async def _after(manager: reviews.ReviewRuns, beginning: "asyncio.Task[str]") -> AsyncGenerator[bytes, None]:
    yield comment("review")
    try:
        review_id = await asyncio.shield(beginning)
    except Exception:  # noqa: BLE001 - the answer has begun; the reader is owed a terminal event
        _log.exception("a review could not begin")
        fact = reviews.events.ReviewError(reviews.events.Cause("The review could not be started.", "INTERNAL_ERROR"))
        yield frame("error", fact)
        return
    async with aclosing(followed(manager, review_id)) as frames:
        async for one in frames:
            yield one


async def followed(manager: reviews.ReviewRuns, review_id: str, after: int = 0) -> AsyncGenerator[bytes, None]:
    """Write the events of a review as frames, from the one behind `after` to the terminal one."""
    async with aclosing(manager.follow(review_id, after)) as events:
        async for event in events:
            yield frame(event.type, event.tagged, event.seq)


async def unnumbered(events: AsyncGenerator[Event, None]) -> AsyncGenerator[bytes, None]:
    """Write the events of a run that nobody can come back to as frames without numbers."""
    async with aclosing(events):
        async for event in events:
            yield frame(event.type, event.tagged)


def resume_point(last_event_id: str | None, after: str) -> int:
    """Return the seq after which to go on: header `Last-Event-ID` over query `after`. Raises Invalid."""
    text = last_event_id or after or "0"
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise Invalid.field("after", "must be a non-negative integer")
    return int(text)
