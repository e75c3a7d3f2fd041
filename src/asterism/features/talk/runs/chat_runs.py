"""Chat runs: what the run host is told of them, and each one's work."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from asterism.features.accounts.identity import Caller
from asterism.features.talk.runs import service
from asterism.features.talk.runs.answer import Answer
from asterism.features.talk.runs.errors import INTERNAL
from asterism.features.talk.runs.events import RunEvent
from asterism.features.talk.runs.models import Outcome, Run, RunOptions, RunUsage
from asterism.features.talk.runs.result import broken_off, end_run, settle, stopped
from asterism.features.talk.runs.start import BegunRun, Starter
from asterism.features.talk.runs.titles import title_of, usage_of
from asterism.features.talk.tools import Toolbox
from asterism.kernel.db import Database, Tx
from asterism.kernel.llm import ModelFailure, Models
from asterism.kernel.runs import BrokenOff, Done, Ending, Failed, Lane, RunHost, RunKind
from asterism.kernel.streams import Streams

log = structlog.get_logger("asterism.runs")

MAX_RUNNING = 256
MAX_QUEUED = 256
GRACE_SECONDS = 10.0
CANCEL = "cancel"


class ChatRuns:
    """Begins and cancels the runs of chats; the host performs them."""

    def __init__(self, db: Database, streams: Streams, models: Models, starter: Starter, host: RunHost) -> None:
        self._db, self._streams, self._models, self._starter, self._host = db, streams, models, starter, host
        self.kind = host.add(RunKind("chat run", Lane(MAX_RUNNING, MAX_QUEUED), self._settle, grace=GRACE_SECONDS))

    async def begin(self, caller: Caller, chat_id: str, options: RunOptions) -> Run:
        """Begin a run and perform it in the background. Raises the errors of Starbot 5.1."""

        def write(tx: Tx, queued: bool) -> ChatRun:
            begun = self._starter.begin(tx, caller, chat_id, options, queued=queued)
            return ChatRun(begun, self._db, self._streams, self._models, self._starter.toolbox)

        with self._host.enter(self.kind) as place:
            return (await self._host.launch(place, self.kind, write)).begun.run

    async def cancel(self, caller: Caller, chat_id: str) -> str | None:
        """End the active run of a chat; return its id, None when there was none or it completed first.

        Returns after its terminal event is committed. Raises UnknownChat.
        """
        run = await self._db.run(service.request_cancel, self._host, caller, chat_id, reason=CANCEL)
        if run is None:
            return None
        await self._host.break_off(run.stream, CANCEL)
        return run.id

    async def end_orphans(self) -> None:
        """Cancel what runs in deleted projects (Fastest 3.1)."""
        if not await self._db.run_read(service.has_orphans):
            return
        for run in await self._db.run(service.cancel_orphans, self._host, reason=CANCEL):
            await self._host.break_off(run.stream, CANCEL)

    async def delete_chat(self, caller: Caller, chat_id: str) -> None:
        """Cancel what runs in a chat, then remove it with everything. Raises UnknownChat."""
        await self.cancel(caller, chat_id)
        await self._db.run(service.delete_chat, self._streams, caller, chat_id)

    def _settle(self, tx: Tx, stream: str, ending: Any) -> Sequence[RunEvent]:
        return settle(tx, self._streams, stream, ending)


@dataclass(slots=True)
class ChatRun:
    """One run as the host performs it: ask for the answer, and for a title meanwhile."""

    begun: BegunRun
    db: Database
    streams: Streams
    models: Models
    toolbox: Toolbox
    answer: Answer = field(init=False)
    title: str | None = None
    title_usage: RunUsage = field(default_factory=RunUsage)

    def __post_init__(self) -> None:
        """Make the answer that tells this run's stream."""
        run, streams = self.begun.run, self.streams

        async def tell(event: RunEvent) -> None:
            await streams.append(run.stream, event)

        self.answer = Answer(self.begun, self.models, self.toolbox, tell)

    @property
    def stream(self) -> str:
        """The name of the run's stream."""
        return self.begun.run.stream

    @property
    def opening(self) -> Sequence[RunEvent]:
        """What the stream begins with."""
        return self.begun.opening

    async def perform(self) -> Outcome:
        """Ask the model until there is an answer or no hope."""
        if self.begun.run.status == "queued":
            await self.db.run(service.leave_queue, self.begun.run.id)
            await self.answer.say("Collecting context")
        title = self.begun.title
        titling = asyncio.create_task(self.models.complete(title.request)) if title else None
        try:
            return await self.answer.run()
        finally:
            await self._take_title(titling)

    async def _take_title(self, titling: "asyncio.Task[Any] | None") -> None:
        """Keep the title if it is there already, and what asking for it used."""
        if titling is None:
            return
        if not titling.done():
            titling.cancel()
        with suppress(ModelFailure, asyncio.CancelledError):
            found = await titling
            self.title, self.title_usage = title_of(found), usage_of(found)

    def finish(self, tx: Tx, ending: Ending[Outcome]) -> Sequence[RunEvent]:
        """Write the outcome."""
        outcome = self._outcome(ending)
        outcome = replace(outcome, usage=outcome.usage.plus(self.title_usage), title=self.title)
        return end_run(tx, self.begun.run.id, outcome, self.begun.chosen.spec, self.answer.prompt.context)

    def _outcome(self, ending: Ending[Outcome]) -> Outcome:
        if isinstance(ending, Done):
            return ending.value
        if isinstance(ending, BrokenOff):
            return broken_off(self.answer.text, self.answer.spent())
        if isinstance(ending, Failed):
            log.error("runs.bug", run_id=self.begun.run.id, error=type(ending.error).__name__, exc_info=ending.error)
            return Outcome("failed", "error", self.answer.text, self.answer.spent(), INTERNAL)
        return stopped(self.answer.text, self.answer.spent())
