"""Has jobs done for every project whose workspaces move: the hint of a commit becomes durable work."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from asterism.features.insight import decisions
from asterism.features.versions import drift, forecast
from asterism.features.versions.workspaces import MOVED
from asterism.kernel.db import Database
from asterism.kernel.jobs import JobQueue

log = structlog.get_logger("asterism.moves")

Follower = Callable[[JobQueue, str], None]
FOLLOWERS: Sequence[Follower] = (forecast.enqueue, drift.enqueue, decisions.enqueue)


class MoveRelay:
    """Enqueues jobs outside of the requests that moved something. What is lost with the process, sweeps find."""

    def __init__(self, db: Database, jobs: JobQueue) -> None:
        self._jobs = jobs
        self._moved: set[str] = set()
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        db.listen(MOVED, self._hear)

    def start(self) -> None:
        """Begin."""
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; what was heard and is not enqueued yet, the next start finds."""
        self._loop = None
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def _hear(self, project_id: str) -> None:
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop has just ended
                loop.call_soon_threadsafe(self._note, project_id)

    def _note(self, project_id: str) -> None:
        self._moved.add(project_id)
        self._woken.set()

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            moved, self._moved = self._moved, set()
            try:
                await asyncio.to_thread(self._enqueue, moved)
            except Exception:
                log.exception("jobs for moved workspaces were not enqueued")

    def _enqueue(self, moved: set[str]) -> None:
        for project_id in moved:
            for follower in FOLLOWERS:
                follower(self._jobs, project_id)
