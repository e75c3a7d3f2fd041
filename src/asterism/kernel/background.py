"""Work beside the requests of one event loop: tasks that nobody else holds, and a bell that wakes whoever waits."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class Tasks:
    """Holds tasks until they end: the loop itself keeps no strong reference to them."""

    def __init__(self) -> None:
        self._open: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, T], name: str | None = None) -> "asyncio.Task[T]":
        """Begin `work` in the running loop and return its task."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self.keep(task)
        return task

    def keep(self, task: "asyncio.Task[Any]") -> None:
        """Hold a task that has begun already."""
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def ended(self, name: str | None = None, *, seconds: float | None = None) -> None:
        """Return when all, or all of that name, have ended that are open now, or after `seconds`."""
        waited = [task for task in self._open if name is None or task.get_name() == name]
        if waited:
            await asyncio.wait(waited, timeout=seconds)

    async def cancel(self) -> None:
        """Break off what is open; return when it has ended."""
        for task in list(self._open):
            task.cancel()
        await self.ended()


class Bell:
    """Wakes one waiter of a loop, from any thread. What rings before `start` or after `stop` is not heard."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Be heard in the running loop from now on."""
        self._loop = asyncio.get_running_loop()

    def stop(self) -> None:
        """Be heard no more."""
        self._loop = None

    def ring(self) -> None:
        """Wake the waiter, or the next one that comes."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has just ended
                self._loop.call_soon_threadsafe(self._rung.set)

    async def heard(self, seconds: float | None = None) -> None:
        """Return when it has rung since the last time, or after `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        self._rung.clear()
