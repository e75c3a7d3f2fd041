"""What the review routes share: options from query or body, the model to ask, events as frames."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import structlog

from asterism.asgi.sse import comment, frame
from asterism.base.errors import Invalid
from asterism.faces.local.call import LocalCall
from asterism.features.review import inspection, local_providers, local_settings, reviews
from asterism.features.review.findings import Lens, Severity
from asterism.kernel.db import Tx
from asterism.kernel.llm import Target
from asterism.kernel.streams import Event

BEAT = b": keep-alive\n\n"
NO_MODEL = {"CONFIG_NOT_FOUND": 500, "API_KEY_MISSING": 500, "AI_CLIENT_ERROR": 500}
_log = structlog.get_logger("asterism")


def defaults(tx: Tx) -> inspection.Defaults:
    """Read what the settings say where a request says nothing."""
    found = local_settings.read_settings(tx)
    lenses = tuple(Lens(lens) for lens in found.default_lenses)
    return inspection.Defaults(lenses, found.profile, Severity(found.minimum_severity))


def from_query(call: LocalCall[Any], tx: Tx) -> inspection.Options:
    """Read the options of a triage stream. Raises Invalid naming the value and the legal ones."""
    query = call.query
    staged = query.flag("staged") if query.text("mode") is None else None
    single: Sequence[str] = call.request.query_params.getall("file", [])
    return inspection.resolve(
        chosen_mode=inspection.mode(query.text("mode"), staged),
        lens_names=inspection.words(query.text("lenses")),
        profile_name=query.text("profile"),
        minimum=query.text("minSeverity"),
        files=inspection.file_names(query.text("files"), single),
        defaults=defaults(tx),
        base=query.text("base") or None,
    )


async def model_or_none(call: LocalCall[Any]) -> Target | None:
    """Return the model to ask, None when the analyzers do alone. Raises NoProvider, KeyMissing or NotUsable ([5.3])."""
    services = call.rt.reviews.services
    try:
        return await required_model(call)
    except (local_providers.NoProvider, local_providers.KeyMissing, local_providers.NotUsable):
        if services.require_model or not services.checks:
            raise
        return None


async def required_model(call: LocalCall[Any]) -> Target:
    """Return the model to ask. Raises NoProvider, KeyMissing or NotUsable."""
    return await asyncio.to_thread(local_providers.find_model, call.rt.db, call.rt.local.keys)


async def opened(call: LocalCall[Any], request: reviews.Request) -> AsyncGenerator[bytes, None]:
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
        error = {"message": "The review could not be started.", "code": "INTERNAL_ERROR"}
        yield frame("error", {"type": "error", "error": error})
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


def resume_point(call: LocalCall[Any]) -> int:
    """Return the seq after which to go on: header `Last-Event-ID` over query `after`. Raises Invalid."""
    text = call.request.headers.get("last-event-id") or call.query.text("after") or "0"
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise Invalid.field("after", "must be a non-negative integer")
    return int(text)
