"""Has jobs done when workspaces move and when models have answered: the hint of a commit becomes durable work."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

import structlog

from asterism.features.insight import decisions, extraction
from asterism.features.operations import deployments
from asterism.features.review import tracked_findings
from asterism.features.talk import chats, conversations
from asterism.features.versions import drift, forecast, projects
from asterism.features.versions.workspaces import MOVED
from asterism.kernel.background import Bell
from asterism.kernel.db import Database
from asterism.kernel.jobs import JobQueue

log = structlog.get_logger("asterism.moves")

Follower = Callable[[JobQueue, str], None]
FOLLOWERS: Mapping[str, Sequence[Follower]] = {
    MOVED: (forecast.enqueue, drift.enqueue, decisions.enqueue, deployments.enqueue),
    projects.PRESENCE: (deployments.enqueue_tidy,),
    tracked_findings.NEWS: (tracked_findings.enqueue,),
    conversations.ANSWERED: (extraction.enqueue_conversation,),
    chats.ANSWERED: (extraction.enqueue_chat,),
}
"""Who does something about each topic that transactions tell of (`Tx.tell`)."""


class MoveRelay:
    """Enqueues jobs outside of the requests that told of something. What is lost with the process, they make up for."""

    def __init__(self, db: Database, jobs: JobQueue, followers: Mapping[str, Sequence[Follower]] = FOLLOWERS) -> None:
        self._jobs, self._followers = jobs, followers
        self._heard: deque[tuple[str, str]] = deque()
        self._news = Bell()
        self._task: asyncio.Task[None] | None = None
        for topic in followers:
            db.listen(topic, partial(self._hear, topic))

    def start(self) -> None:
        """Begin."""
        self._news.start()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; what was heard and is not enqueued yet, the next start finds."""
        self._news.stop()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def _hear(self, topic: str, about: str) -> None:
        self._heard.append((topic, about))  # from any thread
        self._news.ring()

    async def _run(self) -> None:
        while True:
            await self._news.heard()
            heard = {self._heard.popleft() for _ in range(len(self._heard))}
            try:
                await asyncio.to_thread(self._enqueue, heard)
            except Exception:
                log.exception("jobs for what was told were not enqueued")

    def _enqueue(self, heard: set[tuple[str, str]]) -> None:
        for topic, about in heard:
            for follower in self._followers[topic]:
                follower(self._jobs, about)
