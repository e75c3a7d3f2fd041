"""Events on their way from an agent to its reader."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator

import msgspec

from asterism.kernel.agents.events import AgentEvent, Ended, PartUpdated, ReasoningPart, TextPart


class Outbox:
    """A queue that stays short: text that nobody has taken yet grows in its place."""

    def __init__(self) -> None:
        self._waiting: deque[AgentEvent] = deque()
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False

    def put(self, event: AgentEvent) -> None:
        """Add an event. Whatever comes after `Ended` is dropped."""
        if self._closed:
            return
        self._closed = isinstance(event, Ended)
        last = self._waiting[-1] if self._waiting else None
        if isinstance(event, PartUpdated) and isinstance(last, PartUpdated) and _same_text(event, last):
            self._waiting[-1] = msgspec.structs.replace(event, delta=(last.delta or "") + (event.delta or "") or None)
        else:
            self._waiting.append(event)
        self._idle.clear()
        self._news.set()

    async def read(self) -> AsyncGenerator[AgentEvent, None]:
        """Yield every event up to `Ended`."""
        while True:
            if not self._waiting:
                self._idle.set()
                self._news.clear()
                await self._news.wait()
            event = self._waiting.popleft()
            yield event
            if isinstance(event, Ended):
                self._idle.set()
                return

    async def taken(self) -> None:
        """Wait until the reader is done with everything that was put."""
        await self._idle.wait()


def _same_text(one: PartUpdated, other: PartUpdated) -> bool:
    return isinstance(one.part, TextPart | ReasoningPart) and one.part.id == other.part.id
