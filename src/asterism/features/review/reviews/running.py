"""One review from its first event to its terminal one. The order of events is that of Stargazer 6.6."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from asterism.base.clock import Clock
from asterism.features.review import analyzers
from asterism.features.review.findings import AGENTS, Issue, Result
from asterism.features.review.inspection import (
    Asker,
    Change,
    Data,
    ModelUse,
    Options,
    Outcome,
    Pipeline,
    ReviewFailed,
    Sources,
    collection,
    counts,
    enrichment,
    summary,
)
from asterism.features.review.reviews import frame_size, kept_change, records, standing, store
from asterism.features.review.reviews.events import Cause, Error
from asterism.features.review.reviews.log import Log, stream_of
from asterism.features.review.reviews.models import REVIEW_SECONDS, Record, State
from asterism.kernel import git
from asterism.kernel.db import Database, Tx
from asterism.kernel.llm import Models, Target
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams

_log = structlog.get_logger(__name__)
INTERRUPTED = "The review was interrupted by a restart of the server."


@dataclass(frozen=True)
class Services:
    """What a review works with."""

    db: Database
    streams: Streams
    models: Models
    git: git.Git
    secrets: Secrets
    clock: Clock
    checks: Sequence[analyzers.Analyzer]
    tools: analyzers.ToolRunner
    server_gate: asyncio.Semaphore
    verify_model: bool = True
    require_model: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be reviewed. Two requests with equal values and equal content are one review ([6.3])."""

    root: Path
    options: Options
    run_commands: bool = False
    target: Target | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Everything but the content that decides whether two requests are identical."""
        target = None if self.target is None else (self.target.provider, self.target.model)
        options = msgspec.json.encode([list(self.options.lenses), self.options.profile, self.options.minimum])
        return (
            self.root,
            self.options.mode,
            self.options.base,
            options,
            frozenset(self.options.files),
            self.run_commands,
            target,
        )


Collected = Change | ReviewFailed


class Running:
    """A review that runs; `identity` is set to (head, digest) once its content is known, to None when it never is."""

    def __init__(self, services: Services, request: Request, review_id: str, created_at: str) -> None:
        self.id, self.request, self.created_at = review_id, request, created_at
        self.identity: asyncio.Future[tuple[str | None, str] | None] = asyncio.get_running_loop().create_future()
        self.ending = False
        self.stopped_by: tuple[State, str, str, str] | None = None
        self.task: asyncio.Task[None] | None = None
        self._services = services
        self._log = Log(services.streams, review_id, services.clock)
        self._began = time.monotonic()

    def cancel(self, reason: str, *, word: str = "cancelled", code: str = "GENERATION_FAILED") -> bool:
        """Stop the review; False when it is ending anyway."""
        if self.ending or self.task is None or self.task.done():
            return False
        if self.stopped_by is None:
            self.stopped_by = ("cancelled" if code == "GENERATION_FAILED" else "failed", code, reason, word)
            self.task.cancel()
        return True

    async def run(self, collected: Collected | None) -> None:
        """Do the review and end its log with exactly one terminal event."""
        try:
            async with asyncio.timeout(REVIEW_SECONDS):
                await self._review(collected)
        except ReviewFailed as failure:
            await self._fail("failed", failure.code, failure.message)
        except TimeoutError:
            await self._fail("failed", "GENERATION_FAILED", "The review took longer than 15 minutes.", "timed out")
        except asyncio.CancelledError:
            state, code, reason, word = self.stopped_by or ("failed", "INTERNAL_ERROR", INTERRUPTED, "interrupted")
            await self._fail(state, code, reason, word)
        except Exception as error:  # noqa: BLE001 - whatever happens, the log gets its terminal event
            inner = _failure_in(error)
            if inner is not None:
                await self._fail("failed", inner.code, inner.message)
            else:
                _log.exception("review failed", review_id=self.id)
                await self._fail("failed", "INTERNAL_ERROR", "The review failed because of an internal error.")
        finally:
            self._identify(None)

    def _identify(self, change: Change | None) -> None:
        if not self.identity.done():
            self.identity.set_result(None if change is None else (change.head, change.digest))

    async def _review(self, collected: Collected | None) -> None:
        log, request = self._log, self.request
        await log.started()
        await log.begin("diff")
        change = await self._collect(collected)
        await log.end("diff")
        await log.started(len(change.files), change.skipped)
        await log.begin("triage")
        use = None if request.target is None else ModelUse(request.target.provider, request.target.model)
        pipeline = await self._pipeline(change, use)
        outcome = await pipeline.run()
        before = await self._services.db.run_read(self._before, change)
        issues, compared = standing.compare([frame_size.fitting_issue(issue) for issue in outcome.issues], before)
        await self._announce(change, outcome, issues)
        await log.begin("enrich")
        issues = await self._enrich(change, issues)
        await log.end("enrich")
        await log.begin("report")
        text = summary.summary_of(change, request.options, outcome, issues, model=use is not None)
        await log.end("report")
        duration = round((time.monotonic() - self._began) * 1000)
        record = records.record_of(
            review_id=self.id,
            project_path=str(request.root),
            created_at=self.created_at,
            duration_ms=duration,
            options=request.options,
            change=change,
            coverage=records.coverage_of(change, outcome, use),
            result=Result(text, issues),
            standing=compared,
        )
        await self._save(record, change)

    async def _collect(self, collected: Collected | None) -> Change:
        request = self.request
        if collected is None:
            try:
                collected = await self._services.git.work(
                    collection.collect,
                    self._services.git,
                    request.root,
                    request.options,
                    run_commands=request.run_commands,
                )
            except (git.NotGitRepo, git.GitNotFound, git.UnknownRevision) as error:
                raise ReviewFailed("GENERATION_FAILED", error.message) from error
        if isinstance(collected, ReviewFailed):
            raise collected
        self._identify(collected)
        return collected

    async def _pipeline(self, change: Change, use: ModelUse | None) -> Pipeline:
        services, request = self._services, self.request
        asker = None
        if request.target is not None and use is not None:
            asker = Asker(services.models, request.target, services.server_gate, use)
        project = analyzers.Project(request.root, request.options.mode == "staged", request.run_commands)
        sources = Sources(services.checks, services.tools, project, asker, services.verify_model)
        dismissed = await services.db.run_read(store.dismissed, str(request.root))
        return Pipeline(change, request.options.lenses, request.options.minimum, sources, self._log, dismissed)

    def _before(self, tx: Tx, change: Change) -> Record | None:
        options = self.request.options
        return store.latest(tx, project_path=str(self.request.root), mode=options.mode, branch=change.branch)

    async def _announce(self, change: Change, outcome: Outcome, issues: Sequence[Issue]) -> None:
        """Events 9 to 12: the final issues, the agents, the whole."""
        log = self._log
        for issue in issues:
            shown = msgspec.to_builtins(issue)
            await log.emit(("issue_found", {"agent": AGENTS[issue.lens].id, "issue": shown}))
        tally = counts(issues, self.request.options.lenses)
        by_lens = {status.lens_id: status for status in outcome.lenses}
        for lens, _, amount in tally:
            status = by_lens[lens]
            error = status.error if status.status == "failed" and isinstance(status.error, str) else None
            await log.agent_complete(lens, amount, error)
        stats = [
            {
                "lensId": lens.value,
                "issueCount": amount,
                "status": by_lens[lens].status,
                "coverage": by_lens[lens].coverage,
            }
            for lens, _, amount in tally
        ]
        data: Data = {
            "summary": summary.agents_line([(name, amount) for _, name, amount in tally]),
            "totalIssues": len(issues),
            "lensStats": stats,
            "filesAnalyzed": len(change.files),
        }
        await log.emit(("orchestrator_complete", data))
        await log.end("triage")

    async def _enrich(self, change: Change, issues: Sequence[Issue]) -> tuple[Issue, ...]:
        checkout = git.Checkout(self._services.git, self.request.root, allow_filters=False)
        historian = enrichment.Historian(checkout, change, self.request.options.mode)
        return await enrichment.enriched(historian, issues, self._log.now, self._progress)

    async def _progress(self, issue: Issue, kind: str, status: str) -> None:
        data: Data = {"issueId": issue.id, "enrichmentType": kind, "status": status}
        await self._log.emit(("enrich_progress", data))

    async def _save(self, record: Record, change: Change) -> None:
        """Save the review and end its log in one transaction; from here on nothing can cancel it."""
        sealed = await asyncio.to_thread(kept_change.pack, self._services.secrets, self.id, change)
        self.ending = True
        duration = record.metadata.duration_ms
        data = frame_size.complete(record.result, self.id, duration if isinstance(duration, int) else 0)

        def work(tx: Tx) -> None:
            if store.save(tx, self.id, record, branch=record.metadata.branch, snapshot=sealed):
                self._services.streams.append_in(tx, stream_of(self.id), data, close=True)

        await asyncio.shield(self._services.db.run(work))

    async def _fail(self, state: State, code: str, message: str, word: str | None = None) -> None:
        self.ending = True
        await self._log.abandon(message, word)

        def work(tx: Tx) -> None:
            store.finish(tx, self.id, state)
            self._services.streams.append_in(tx, stream_of(self.id), Error(Cause(message, code)), close=True)

        await asyncio.shield(self._services.db.run(work))


def _failure_in(error: Exception) -> ReviewFailed | None:
    """Find the failure inside the group that a group of tasks raises."""
    if isinstance(error, ReviewFailed):
        return error
    if isinstance(error, ExceptionGroup):
        return next((found for one in error.exceptions if (found := _failure_in(one)) is not None), None)
    return None
