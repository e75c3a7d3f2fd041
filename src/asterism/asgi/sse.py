"""Server-sent events: frames, heartbeats, and the streamed response.

Frames are `id:`, `event:`, `data:` in this order, one space after each colon, LF only, JSON on one line; comments are
heartbeats and carry no id (Starbot 5.2, Stargazer 0.10).
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any

import msgspec
from starlette.responses import StreamingResponse

HEARTBEAT_SECONDS = 15.0
TOGETHER = 64 << 10
BURST_BYTES = 512 << 10
BYTES_PER_SECOND = 8 << 20
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
    """Yield `frames`, and `beat` after each `every` seconds of silence. Closes `frames` when it is closed itself.

    What is there when somebody asks is yielded together: of a burst of small frames each would cost a way through the
    server. Up to `TOGETHER` bytes and a frame are read ahead.
    """
    reading = _Reading(frames)
    try:
        while (chunk := await reading.taken(every)) != b"":
            yield beat if chunk is None else chunk
    finally:
        await reading.end()


class _Reading:
    """Reads frames in a task of its own, so that waiting for the next one can be given up without ending it."""

    def __init__(self, frames: AsyncGenerator[bytes, None]) -> None:
        self._frames, self._held, self._size = frames, list[bytes](), 0
        self._news, self._room = asyncio.Event(), asyncio.Event()
        self._task = asyncio.create_task(self._read())
        self._task.add_done_callback(lambda _: self._news.set())

    async def _read(self) -> None:
        async with aclosing(self._frames):
            async for chunk in self._frames:
                self._held.append(chunk)
                self._size += len(chunk)
                self._news.set()
                if self._size >= TOGETHER:
                    self._room.clear()
                    await self._room.wait()

    async def taken(self, seconds: float) -> bytes | None:
        """Return what has been read, as soon as there is some; None after so many seconds, empty at the end.

        Raises what the frames raise, once all before it was taken.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return None
        if not self._held:
            await self._task
        if not self._task.done():
            self._news.clear()
        held = b"".join(self._held)
        self._held.clear()
        self._size = 0
        self._room.set()
        return held

    async def end(self) -> None:
        """Stop reading and close the frames."""
        self._task.cancel()
        await asyncio.wait({self._task})
        if not self._task.cancelled():
            self._task.exception()  # of what nobody waits for any more


async def paced(
    frames: AsyncGenerator[bytes, None],
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncGenerator[bytes, None]:
    """Yield `frames`, at most `BURST_BYTES` and a frame at once and `BYTES_PER_SECOND` then.

    A log that is replayed is there as a whole, and readers in browsers give up when more than a MiB arrives between two
    reads (Stargazer [6.9]). What comes as it happens is not held up by this. Closes `frames` when it is closed itself.
    `clock` and `sleep` are seams for tests.
    """
    spent, at = 0.0, clock()
    async with aclosing(frames):
        async for chunk in frames:
            now = clock()
            spent, at = max(0.0, spent - (now - at) * BYTES_PER_SECOND), now
            if spent >= BURST_BYTES:
                await sleep(spent / BYTES_PER_SECOND)
            spent += len(chunk)
            yield chunk


def sse_response(frames: AsyncGenerator[bytes, None], *, headers: Mapping[str, str] | None = None) -> StreamingResponse:
    """Answer 200 with an event stream; the headers are sent before the first frame exists."""
    return StreamingResponse(paced(frames), media_type="text/event-stream", headers={**HEADERS, **(headers or {})})
