"""Streams that stay open as long as the token that opened them is good (Fastest 1.1, Starbot 1.9)."""

import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from asterism.asgi.answers import Events
from asterism.asgi.crowd import Crowd
from asterism.asgi.sse import with_heartbeat
from asterism.base.errors import RateLimited
from asterism.faces.v1.call import Call
from asterism.features.accounts import identity
from asterism.features.talk.runs import Run

RUN_HEADERS = {
    "X-Run-Id": "The run, to find it again.",
    "X-Message-Id": "The message that the run writes.",
    "Location": "Where the run is read.",
}


def headers_of(run: Run) -> dict[str, str]:
    """Return the headers that name a run, so that a client can find it again."""
    return {"X-Run-Id": run.id, "X-Message-Id": run.message_id, "Location": f"/v1/runs/{run.id}"}


def follow(call: Call, frames: AsyncGenerator[bytes, None], headers: Mapping[str, str]) -> Events[Any]:
    """Answer with an event stream that beats in silence, and ends once the caller's token is taken back.

    Raises RateLimited when the user has too many open already.
    """
    streams, user_id = call.rt.sign_in.streams, call.caller.user_id
    if streams.full(user_id):
        raise RateLimited("Too many event streams are open.", hint="Close some of them.", retry_after=5)
    beating = with_heartbeat(frames, every=call.rt.sse_heartbeat)
    return Events(counted(streams, user_id, while_signed_in(call, beating)), headers)


async def counted(crowd: Crowd, key: str, frames: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield `frames`, counted from the first one on: an answer that nobody begins to read takes no place.

    Of many that are opened at one instant, those beyond the limit end at once; their client comes back.
    """
    with crowd.inside(key) as admitted:
        async with aclosing(frames):
            if not admitted:
                return
            async for chunk in frames:
                yield chunk


async def while_signed_in(call: Call, frames: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield `frames` until the token is revoked or expires; it is looked at once in a heartbeat's time."""
    looked = time.monotonic()
    async with aclosing(frames):
        async for chunk in frames:
            if time.monotonic() - looked >= call.rt.sse_heartbeat:
                if not await call.rt.db.run_read(identity.still_valid, call.caller):
                    return
                looked = time.monotonic()
            yield chunk
