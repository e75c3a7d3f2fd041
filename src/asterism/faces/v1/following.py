"""Streams that stay open as long as the token that opened them is good (Fastest 1.1, Starbot 1.9)."""

import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from litestar.response import Stream

from asterism.asgi.endpoint import Call
from asterism.asgi.sse import sse_response, with_heartbeat
from asterism.features.accounts import identity


def follow(call: Call[Any], frames: AsyncGenerator[bytes, None], headers: Mapping[str, str]) -> Stream:
    """Answer with an event stream that beats in silence, and ends once the caller's token is taken back."""
    beating = with_heartbeat(frames, every=call.rt.sse_heartbeat)
    return sse_response(while_signed_in(call, beating), headers=headers)


async def while_signed_in(call: Call[Any], frames: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield `frames` until the token is revoked or expires; it is looked at once in a heartbeat's time."""
    looked = time.monotonic()
    async with aclosing(frames):
        async for chunk in frames:
            if time.monotonic() - looked >= call.rt.sse_heartbeat:
                if not await call.rt.db.run_read(identity.still_valid, call.caller):
                    return
                looked = time.monotonic()
            yield chunk
