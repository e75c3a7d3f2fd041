"""Work that is done again and again beside the requests, and a last time at the end."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress


class Rounds:
    """Does `work` every so many seconds between `start` and `stop`."""

    def __init__(self, work: Callable[[], Awaitable[None]], seconds: float) -> None:
        self._work = work
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End, with the work done a last time; nothing where it was never begun."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            await self._work()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            await self._work()
