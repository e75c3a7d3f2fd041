"""One triage review, from its first event to its terminal one. The order of events is that of Stargazer 6.6."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from asterism.base.clock import stamp
from asterism.features.review import analyzers
from asterism.features.review.findings import Issue, Result
from asterism.features.review.inspection import (
    Change,
    ModelUse,
    Outcome,
    ReviewFailed,
    collection,
    enrichment,
    summary,
)
from asterism.features.review.reviews import comparison, frame_size, kept_change, records, store
from asterism.features.review.reviews.events import Complete, ReviewEvent
from asterism.features.review.reviews.log import Log, Progress, stream_of
from asterism.features.review.reviews.models import REVIEW_SECONDS, Record
from asterism.features.review.reviews.services import Request, Services
from asterism.features.review.reviews.stages import TOO_LONG, Subject, failure_of, inspect
from asterism.kernel import git
from asterism.kernel.db import Tx
from asterism.kernel.runs import BrokenOff, Done, Ending, Failed, Stopped
from asterism.kernel.streams import Streams

CANCEL, UNTRUSTED = "cancel", "untrusted"
CANCELLED = {CANCEL: "Review cancelled.", UNTRUSTED: "The project is not trusted any more."}

Collected = Change | ReviewFailed


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a review has found, ready to be saved: its record, the sealed change, and the terminal event."""

    record: Record
    sealed: str
    complete: Complete


class TriageReview:
    """A review as the host performs it.

    `identity` is set to (head, digest) once its content is known, to None when it never is. `closing` is true when
    nobody may join any more.
    """

    opening: Sequence[ReviewEvent] = ()

    def __init__(self, services: Services, request: Request, review_id: str, collected: Collected | None) -> None:
        self.id, self.request = review_id, request
        self.created_at = stamp(services.clock.now())
        self._loop = asyncio.get_running_loop()
        self.identity: asyncio.Future[tuple[str | None, str] | None] = self._loop.create_future()
        self.closing = False
        self._services, self._collected = services, collected
        self._log = Log(services.streams, review_id, services.clock)
        self._began = time.monotonic()

    @property
    def stream(self) -> str:
        """The name of its stream."""
        return stream_of(self.id)

    async def perform(self) -> Reviewed:
        """Review. Raises ReviewFailed, alone or in a group of errors."""
        services = self._services
        try:
            async with asyncio.timeout(REVIEW_SECONDS), analyzers.Ahead(services.checks, services.tools) as ahead:
                return await self._review(ahead)
        except TimeoutError as error:
            raise ReviewFailed("GENERATION_FAILED", TOO_LONG, word="timed out") from error
        finally:
            self.close()

    def finish(self, tx: Tx, ending: Ending[Reviewed]) -> Sequence[ReviewEvent]:
        """Save the review, or how it failed; return its last events."""
        self._loop.call_soon_threadsafe(self.close)  # if it was broken off before it was performed, nobody else does
        if isinstance(ending, Done):
            done = ending.value
            branch = done.record.metadata.branch
            saved = store.save(tx, self.id, done.record, branch=branch, snapshot=done.sealed)
            return [done.complete] if saved else []
        return _failed(tx, self.id, self._log.progress, ending)

    def close(self) -> None:
        """Let nobody join any more."""
        self.closing = True
        self._identify(None)

    def _identify(self, change: Change | None) -> None:
        if not self.identity.done():
            self.identity.set_result(None if change is None else (change.head, change.digest))

    async def _review(self, ahead: analyzers.Ahead) -> Reviewed:
        log, request = self._log, self.request
        await log.started()
        await log.begin("diff")
        change = await self._collect(ahead)
        await log.end("diff")
        await log.collected(len(change.files), change.skipped, len(request.options.lenses))
        await log.begin("triage")
        use = None if request.target is None else ModelUse(request.target.provider, request.target.model)
        outcome = await self._inspect(change, use, ahead)
        before = await self._services.db.run_read(self._before, change)
        issues, compared = comparison.compare([frame_size.fitting_issue(issue) for issue in outcome.issues], before)
        await log.announce(change, request.options.lenses, outcome, issues)
        await log.end("triage")
        issues = await self._enrich(change, issues)
        await log.begin("report")
        text = summary.summary_of(change, request.options, outcome, issues, model=use is not None)
        await log.end("report")
        record = records.record_of(
            review_id=self.id,
            project_path=str(request.root),
            created_at=self.created_at,
            duration_ms=round((time.monotonic() - self._began) * 1000),
            options=request.options,
            change=change,
            coverage=records.coverage_of(change, outcome, use),
            result=Result(text, issues),
            standing=compared,
        )
        sealed = await asyncio.to_thread(kept_change.pack, self._services.secrets, self.id, change)
        return Reviewed(record, sealed, await asyncio.to_thread(frame_size.complete, record))

    async def _collect(self, ahead: analyzers.Ahead) -> Change:
        collected = self._collected
        if collected is None:
            try:
                collected = await self._services.git.work(
                    collection.collect,
                    self._services.git,
                    self.request.root,
                    self.request.options,
                    run_commands=self.request.run_commands,
                    expect=ahead.expect,
                )
            except (git.NotGitRepo, git.GitNotFound, git.UnknownRevision) as error:
                raise ReviewFailed("GENERATION_FAILED", error.message) from error
        if isinstance(collected, ReviewFailed):
            raise collected
        self._identify(collected)
        return collected

    async def _inspect(self, change: Change, use: ModelUse | None, ahead: analyzers.Ahead) -> Outcome:
        request = self.request
        dismissed = await self._services.db.run_read(store.dismissed, str(request.root))
        project = analyzers.Project(request.root, request.options.mode == "staged", request.run_commands)
        subject = Subject(change, request.options, project, request.target, dismissed, ahead)
        return await inspect(self._services, self._log, subject, use)

    def _before(self, tx: Tx, change: Change) -> Record | None:
        options = self.request.options
        return store.latest(tx, project_path=str(self.request.root), mode=options.mode, branch=change.branch)

    async def _enrich(self, change: Change, issues: Sequence[Issue]) -> tuple[Issue, ...]:
        await self._log.begin("enrich")
        checkout = git.Checkout(self._services.git, self.request.root, allow_filters=False)
        historian = enrichment.Historian(checkout, change, self.request.options.mode)
        enriched = enrichment.Enrichment(historian, issues, self._services.clock)
        async with aclosing(enriched.facts()) as facts:
            async for fact in facts:
                await self._log.enriching(fact)
        await self._log.end("enrich")
        return enriched.issues


def settle(tx: Tx, streams: Streams, stream: str, ending: BrokenOff | Stopped) -> Sequence[ReviewEvent]:
    """End a review whose process is gone."""
    progress = Progress.of(streams.read_after(tx, stream, 0))
    return _failed(tx, stream.removeprefix(stream_of("")), progress, ending)


def _failed(tx: Tx, review_id: str, progress: Progress, ending: Failed | BrokenOff | Stopped) -> Sequence[ReviewEvent]:
    cancelled = CANCELLED.get(ending.reason, CANCELLED[CANCEL]) if isinstance(ending, BrokenOff) else ""
    failure = failure_of(review_id, ending, cancelled)
    store.finish(tx, review_id, "cancelled" if isinstance(ending, BrokenOff) else "failed")
    return progress.failed(failure.code, failure.message, tx.now(), failure.word)
