"""Server-sent events: frames, heartbeats, and the streamed response.

Frames are `id:`, `event:`, `data:` in this order, one space after each colon, LF only, JSON on one line; comments are
heartbeats and carry no id (Starbot 5.2, Stargazer 0.10).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, suppress
from typing import Any

import msgspec
from litestar.response import Stream

HEARTBEAT_SECONDS = 15.0
HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}


def frame(event: str, data: Any, seq: int | None = None) -> bytes:
    """Write one event. `data` is JSON-encoded unless it already is bytes of one-line JSON."""
    encoded = data if isinstance(data, bytes) else msgspec.json.encode(data)
    head = b"" if seq is None else b"id: %d\n" % seq
    return b"%sevent: %s\ndata: %s\n\n" % (head, event.encode(), encoded)


def comment(text: str) -> bytes:
    """Write a comment line: ignored by readers, keeps connections open."""
    return f": {text}\n\n".encode()


async def with_heartbeat(
    frames: AsyncGenerator[bytes, None], *, every: float = HEARTBEAT_SECONDS, beat: bytes = b": ping\n\n"
) -> AsyncGenerator[bytes, None]:
    """Yield `frames`, and `beat` after each `every` seconds of silence. Closes `frames` when it is closed itself."""
    async with aclosing(frames):
        pending: asyncio.Task[bytes] | None = None
        try:
            while True:
                pending = pending or asyncio.create_task(anext(frames))
                done, _ = await asyncio.wait({pending}, timeout=every)
                if not done:
                    yield beat
                    continue
                try:
                    chunk = pending.result()
                except StopAsyncIteration:
                    return
                finally:
                    pending = None
                yield chunk
        finally:
            if pending is not None:
                pending.cancel()
                with suppress(asyncio.CancelledError, StopAsyncIteration):
                    await pending


def sse_response(frames: AsyncIterator[bytes], *, headers: Mapping[str, str] | None = None) -> Stream:
    """Answer 200 with an event stream; the headers are sent before the first frame exists."""
    return Stream(frames, media_type="text/event-stream", headers={**HEADERS, **(headers or {})})
