"""Performing runs: tasks of this process, their slots, cancelling, and taking care of runs whose process is gone."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import structlog

from asterism.base.clock import shift
from asterism.base.errors import DomainError, RateLimited, Unavailable
from asterism.features.accounts.identity import Caller
from asterism.features.talk.catalogue import ModelSpec
from asterism.features.talk.runs import service, store
from asterism.features.talk.runs.answering import Answer
from asterism.features.talk.runs.errors import CANCELLED, INTERNAL, RESTARTED, ShuttingDown
from asterism.features.talk.runs.finishing import abandon, finish
from asterism.features.talk.runs.models import ContextItem, Outcome, Run, RunError, RunOptions, RunUsage
from asterism.features.talk.runs.starting import Job, Starter
from asterism.features.talk.runs.titles import title_of, usage_of
from asterism.kernel.db import Database
from asterism.kernel.llm import ModelFailure, Models
from asterism.kernel.streams import Streams

log = structlog.get_logger(__name__)

MAX_RUNNING = 256
MAX_QUEUED = 256
GRACE_SECONDS = 10.0
CANCEL_SECONDS = 5.0
HEARTBEAT_SECONDS = 10.0
SILENCE_SECONDS = 60.0
WATCH_SECONDS = 0.5
RETRY_SECONDS = 1.0

Reason = Literal["cancel", "stop"]


@dataclass(slots=True)
class Active:
    """A run that this process performs. `work` asks the model; `reason` says why it is being broken off."""

    job: Job
    work: asyncio.Task[Outcome] | None = None
    reason: Reason | None = None

    def break_off(self, reason: Reason) -> None:
        """Stop asking; closes the provider's connection."""
        if self.reason is None:
            self.reason = reason
            if self.work is not None:
                self.work.cancel()


class RunEngine:
    """Performs the runs of one server process. `is_gone(owner)` tells whether another process has surely ended."""

    def __init__(
        self,
        db: Database,
        streams: Streams,
        models: Models,
        starter: Starter,
        *,
        is_gone: Callable[[str], bool] = lambda _owner: False,
    ) -> None:
        self._db, self._streams, self._models, self._starter = db, streams, models, starter
        self._is_gone = is_gone
        self._active: dict[str, Active] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._slots = asyncio.Semaphore(MAX_RUNNING)
        self._stopping = False

    async def start(self) -> None:
        """End the runs that a former process left behind, then watch for more."""
        await self._sweep(first=True)
        self._spawn(self._beat(), "runs-heartbeat")
        if self._db.dialect == "postgresql":
            self._spawn(self._watch(), "runs-watch")

    async def stop(self) -> None:
        """Give active runs 10 s, then end them as SERVER_RESTARTED. Nothing new is begun from the first moment on."""
        self._stopping = True
        own = [task for task in self._tasks if task.get_name().startswith("run/")]
        if own:
            await asyncio.wait(own, timeout=GRACE_SECONDS)
        for active in list(self._active.values()):
            active.break_off("stop")
        await asyncio.gather(*own, return_exceptions=True)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def begin(self, caller: Caller, chat_id: str, options: RunOptions) -> Run:
        """Begin a run and perform it in the background. Raises the errors of Starbot 5.1."""
        if self._stopping:
            raise ShuttingDown
        queued = self._slots.locked()
        if len(self._active) >= MAX_RUNNING + MAX_QUEUED:
            raise RateLimited("The server has as many runs as it takes.", retry_after=5)
        job = await self._db.run(self._starter.begin, caller, chat_id, options, queued=queued)
        active = self._active[job.run.id] = Active(job)
        self._spawn(self._perform(active), job.run.stream)
        return job.run

    async def cancel(self, caller: Caller, chat_id: str) -> str | None:
        """End the active run of a chat; return its id, None when there was none or it completed first.

        Returns after its terminal event is committed. Raises UnknownChat.
        """
        run = await self._db.run(service.request_cancel, caller, chat_id)
        if run is None:
            return None
        active = self._active.get(run.id)
        if active is not None:
            active.break_off("cancel")
        if run.status == "queued":
            await self._db.run(abandon, self._streams, run.id, cancelled=True)
        try:
            async with asyncio.timeout(CANCEL_SECONDS):
                async for _ in self._streams.subscribe(run.stream, 0):
                    pass
        except TimeoutError:
            await self._db.run(abandon, self._streams, run.id, cancelled=True)
        ended = await self._db.run_read(store.of_user, caller.user_id, run.id)
        return run.id if ended is not None and ended.status == "cancelled" else None

    async def delete_chat(self, caller: Caller, chat_id: str) -> None:
        """Cancel what runs in a chat, then remove it with everything. Raises UnknownChat."""
        await self.cancel(caller, chat_id)
        await self._db.run(service.delete_chat, self._streams, caller, chat_id)

    def _spawn(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _perform(self, active: Active) -> None:
        run_id = active.job.run.id
        try:
            async with self._slots:
                outcome, context = await self._outcome(active)
        except Exception as error:
            log.exception("runs.bug", run_id=run_id, error=type(error).__name__)
            outcome, context = Outcome("failed", "error", "", RunUsage(), INTERNAL), active.job.prompt.context
        try:
            await self._end(run_id, outcome, active.job.chosen.spec, context)
        finally:
            self._active.pop(run_id, None)

    async def _outcome(self, active: Active) -> tuple[Outcome, tuple[ContextItem, ...]]:
        """Do the work; whatever happens to it is an outcome."""
        job = active.job
        if active.reason is None and job.run.status == "queued" and not await self._leave_queue(job):
            active.reason = "cancel"
        answer = self._answer(job)
        if active.reason is not None:
            return _broken_off(active.reason, "", RunUsage()), job.prompt.context
        titling = asyncio.create_task(self._models.complete(job.title.request)) if job.title else None
        active.work = asyncio.create_task(answer.run(), name=f"{job.run.stream}/answer")
        try:
            outcome = await active.work
        except asyncio.CancelledError:
            if active.reason is None:
                raise
            outcome = _broken_off(active.reason, answer.text, answer.spent())
        except Exception as error:
            log.exception("runs.bug", run_id=job.run.id, error=type(error).__name__)
            outcome = _failed(INTERNAL, answer)
        finally:
            title, used = await _title(titling)
        return _with_title(outcome, title, used), answer.prompt.context

    async def _leave_queue(self, job: Job) -> bool:
        """Take a queued run out of the queue; return False when it was cancelled meanwhile."""
        left = await self._db.run(service.leave_queue, job.run.id)
        if left:
            await self._streams.append(job.run.stream, "status", {"message": "Collecting context"})
        return left

    def _answer(self, job: Job) -> Answer:
        stream, message_id = job.run.stream, job.run.message_id

        async def say(text: str) -> None:
            await self._streams.append(stream, "status", {"message": text})

        async def emit(piece: str) -> None:
            await self._streams.append(stream, "token.delta", {"message_id": message_id, "delta": piece})

        return Answer(job, self._models, say, emit)

    async def _end(self, run_id: str, outcome: Outcome, spec: ModelSpec, context: tuple[ContextItem, ...]) -> None:
        """Write the end; a database that is down is tried again until it is not, or the server stops."""
        while True:
            try:
                await self._db.run(partial(finish, context=context), self._streams, run_id, outcome, spec)
            except Unavailable as error:
                log.warning("runs.end_delayed", run_id=run_id, error=error.message)
                if self._stopping:
                    return
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                if self._active:
                    await self._db.run(lambda tx: store.beat(tx, self._starter.owner, tx.now()))
                await self._sweep()
            except DomainError as error:
                log.warning("runs.heartbeat_failed", error=error.message)

    async def _watch(self) -> None:
        """Hear of cancels that came in through other processes."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if not self._active:
                continue
            try:
                for run_id in await self._db.run_read(store.cancelling_of, self._starter.owner):
                    if run_id in self._active:
                        self._active[run_id].break_off("cancel")
            except DomainError as error:
                log.warning("runs.watch_failed", error=error.message)

    async def _sweep(self, *, first: bool = False) -> None:
        """End the runs of processes that are gone. On SQLite there is only one process, so all others are."""
        found = await self._db.run_read(store.active_elsewhere, self._starter.owner)
        alone = first and self._db.dialect == "sqlite"
        for run_id, owner, beat in found:
            silent = shift(beat, seconds=SILENCE_SECONDS) < await self._db.run_read(lambda tx: tx.now())
            if alone or silent or self._is_gone(owner):
                log.info("runs.abandoned", run_id=run_id)
                await self._db.run(abandon, self._streams, run_id)


def _broken_off(reason: Reason, text: str, used: RunUsage) -> Outcome:
    if reason == "cancel":
        return Outcome("cancelled", "cancelled", text, used, CANCELLED)
    return Outcome("failed", "error", text, used, RESTARTED)


def _failed(error: RunError, answer: Answer) -> Outcome:
    return Outcome("failed", "error", answer.text, answer.spent(), error)


async def _title(titling: "asyncio.Task[Any] | None") -> tuple[str | None, RunUsage]:
    """Return the title if it is there already, and what asking for it used."""
    if titling is None:
        return None, RunUsage()
    if not titling.done():
        titling.cancel()
    try:
        found = await titling
    except (ModelFailure, asyncio.CancelledError):
        return None, RunUsage()
    return title_of(found), usage_of(found)


def _with_title(outcome: Outcome, title: str | None, used: RunUsage) -> Outcome:
    return Outcome(outcome.status, outcome.stop_reason, outcome.text, outcome.usage.plus(used), outcome.error, title)
