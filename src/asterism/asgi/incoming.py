"""The receiving side of one request: how long its body may take, and what is left of it when it is refused."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

Message = MutableMapping[str, Any]

PAUSE_SECONDS = 30.0  # between two pieces of a body
FIRST_SECONDS = 60.0  # for a body however small
SLOWEST = 4096  # bytes per second that a longer one must reach on average
DRAIN_BYTES = 32 * 1024 * 1024
DRAIN_SECONDS = 10.0
DRAIN_PAUSE = 0.5
TIMED_OUT = "asterism.timed_out"


class Incoming:
    """Receives the messages of a connection; knows whether the client still has something to send."""

    def __init__(
        self,
        receive: Callable[[], Awaitable[Message]],
        headers: dict[bytes, bytes],
        *,
        pause: float = PAUSE_SECONDS,
        first: float = FIRST_SECONDS,
    ) -> None:
        self._receive = receive
        self._pause, self._first = pause, first
        self._began = time.monotonic()
        self._size = 0
        length = headers.get(b"content-length", b"0")
        self._pending = length.strip(b"0") != b"" or b"transfer-encoding" in headers
        self._drains = self._pending and b"expect" not in headers and len(length.lstrip(b"0")) <= len(str(DRAIN_BYTES))

    @property
    def unread(self) -> bool:
        """Whether the client may still be sending what nobody has read."""
        return self._drains and self._pending

    async def receive(self) -> Message:
        """Receive a message; one of type TIMED_OUT when the body does not arrive in time."""
        if not self._pending:
            return await self._receive()
        left = self._began + self._first + self._size / SLOWEST - time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, min(self._pause, left))):
                return self._noted(await self._receive())
        except TimeoutError:
            self._pending = self._drains = False
            return {"type": TIMED_OUT}

    def _noted(self, message: Message) -> Message:
        self._size += len(message.get("body", b""))
        if not message.get("more_body", False):
            self._pending = False
        return message

    async def drain(self) -> None:
        """Read what the application left, within bounds.

        A client that is still sending when it is answered would otherwise find its connection reset and never see why.
        One that has announced more than would be read, or sends nothing, is answered at once.
        """
        size = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self.unread and size < DRAIN_BYTES:
                    async with asyncio.timeout(DRAIN_PAUSE):
                        size += len(self._noted(await self._receive()).get("body", b""))
