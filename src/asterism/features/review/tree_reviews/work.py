"""One review of stored trees, from its first event to its terminal one: the stages of every review (Beyond 5)."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from asterism.base.clock import stamp
from asterism.features.review import analyzers, tracked_findings
from asterism.features.review.findings import Enrichment, Issue, Result
from asterism.features.review.inspection import Change, Coverage, ReviewFailed, enrichment, summary
from asterism.features.review.reviews import (
    REVIEW_SECONDS,
    TOO_LONG,
    Log,
    Progress,
    Services,
    Subject,
    coverage_of,
    events,
    failure_of,
    fitting_complete,
    fitting_issue,
    inspect,
)
from asterism.features.review.tracked_findings import Found, Introduced, Lines
from asterism.features.review.tree_reviews import log_entries, store
from asterism.features.review.tree_reviews.change import change_of
from asterism.features.review.tree_reviews.models import STREAM, Asked, Ports, Status, TreeReview
from asterism.features.versions import projects, sync
from asterism.kernel.db import Tx
from asterism.kernel.runs import BrokenOff, Done, Ending, Failed, Stopped
from asterism.kernel.streams import Streams

CANCELLED = "Review cancelled."
TRACED_FILES = 50
"""Files in which is looked for what brought a line; blame is not free."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a review has found, ready to be saved."""

    summary: str
    coverage: Coverage
    found: tuple[Found, ...]
    duration_ms: int


class TreeReviewWork:
    """A review of trees as the host performs it."""

    opening: Sequence[events.ReviewEvent] = ()

    def __init__(self, services: Services, ports: Ports, asked: Asked, review: TreeReview) -> None:
        self.review, self._asked = review, asked
        self._services, self._ports = services, ports
        self._log = Log(services.streams, review.id, services.clock, stream=review.stream)
        self._began = time.monotonic()

    @property
    def stream(self) -> str:
        """The name of its stream."""
        return self.review.stream

    async def perform(self) -> Reviewed:
        """Review. Raises ReviewFailed, alone or in a group of errors."""
        try:
            async with asyncio.timeout(REVIEW_SECONDS):
                return await self._review()
        except TimeoutError as error:
            raise ReviewFailed("GENERATION_FAILED", TOO_LONG, word="timed out") from error

    def finish(self, tx: Tx, ending: Ending[Reviewed]) -> Sequence[events.ReviewEvent]:
        """Keep what was found, or how it failed; return its last events."""
        if isinstance(ending, Done):
            return self._done(tx, ending.value)
        return _failed(tx, self.review.id, self._log.progress, ending)

    async def _review(self) -> Reviewed:
        log, asked, services = self._log, self._asked, self._services
        await log.started()
        await log.begin("diff")
        contents = sync.Contents(services.db, self._ports.blobs, asked.project.owner_user_id)
        change = await asyncio.to_thread(change_of, contents, asked.base_tree, asked.tree, asked.options)
        await log.end("diff")
        await log.collected(len(change.files), change.skipped, len(asked.options.lenses))
        await log.begin("triage")
        dismissed = await services.db.run_read(tracked_findings.dismissed_prints, asked.project.id)
        subject = Subject(change, asked.options, analyzers.Project(), asked.target, dismissed)
        use = subject.use
        outcome = await inspect(services, log, subject, use)
        issues = await self._marked([fitting_issue(issue) for issue in outcome.issues])
        await log.announce(change, asked.options.lenses, outcome, issues)
        await log.end("triage")
        await log.begin("enrich")
        await asyncio.to_thread(tracked_findings.refresh, services.db, self._ports.blobs, asked.project.id)
        found = await asyncio.to_thread(self._found, change, issues)
        await log.end("enrich")
        await log.begin("report")
        text = summary.summary_of(change, asked.options, outcome, issues, model=use is not None)
        await log.end("report")
        duration = round((time.monotonic() - self._began) * 1000)
        return Reviewed(text, coverage_of(change, outcome, use), found, duration)

    async def _marked(self, issues: Sequence[Issue]) -> tuple[Issue, ...]:
        """Mark each issue as new to the project, or known."""
        prints = [issue.fingerprint for issue in issues]
        known = await self._services.db.run_read(tracked_findings.known_prints, self._asked.project.id, prints)
        return tuple(
            msgspec.structs.replace(issue, state="still" if issue.fingerprint in known else "new") for issue in issues
        )

    def _found(self, change: Change, issues: Sequence[Issue]) -> tuple[Found, ...]:
        """Give the issues what is around them, what names them, and what brought them; for a worker thread."""
        brought = self._brought(issues)
        now = stamp(self._services.clock.now())
        found = []
        for issue in issues:
            file = change.file(issue.file)
            around = enrichment.context(file, issue)
            shown = (
                issue if around is None else msgspec.structs.replace(issue, enrichment=Enrichment(None, around, now))
            )
            origin = brought.get((issue.file, issue.line_start))
            found.append(Found(shown, tracked_findings.anchor_of(issue, file), origin))
        return tuple(found)

    def _brought(self, issues: Sequence[Issue]) -> dict[tuple[str, int | None], Introduced]:
        lines: dict[str, set[int]] = {}
        for issue in issues:
            if issue.line_start is not None:
                lines.setdefault(issue.file, set()).add(issue.line_start)
        brought: dict[tuple[str, int | None], Introduced] = {}
        for path, numbers in list(lines.items())[:TRACED_FILES]:
            with self._services.db.read() as tx:
                found = self._ports.origins(tx, self._lines(path, sorted(numbers)))
            brought |= {(path, number): origin for number, origin in found.items()}
        return brought

    def _lines(self, path: str, numbers: Sequence[int]) -> Lines:
        review = self.review
        return Lines(review.project_id, review.workspace_id, review.tree, path, numbers)

    def _done(self, tx: Tx, done: Reviewed) -> Sequence[events.ReviewEvent]:
        review = store.find(tx, self.review.id)
        project = projects.find_live(tx, self.review.project_id)
        if review is None or project is None:
            return _end(
                tx, self.review.id, self._log.progress, "cancelled", ReviewFailed("GENERATION_FAILED", CANCELLED)
            )
        seen = tracked_findings.Seen(review.id, review.tree, review.snapshot_id, review.workspace_id)
        kept = tracked_findings.keep(tx, project, seen, done.found, actor=self._asked.actor)
        store.complete(
            tx,
            review.id,
            summary=done.summary,
            coverage=done.coverage,
            finding_ids=kept.ids,
            new_count=len(kept.new),
        )
        log_entries.ended(tx, review, "completed", len(kept.ids), len(kept.new))
        result = Result(done.summary, tuple(one.issue for one in done.found))
        return [fitting_complete(result, review.id, done.duration_ms)]


def settle(tx: Tx, streams: Streams, stream: str, ending: BrokenOff | Stopped) -> Sequence[events.ReviewEvent]:
    """End a review whose process is gone."""
    progress = Progress.of(streams.read_after(tx, stream, 0))
    return _failed(tx, stream.removeprefix(STREAM), progress, ending)


def _failed(
    tx: Tx, review_id: str, progress: Progress, ending: Failed | BrokenOff | Stopped
) -> Sequence[events.ReviewEvent]:
    failure = failure_of(review_id, ending, CANCELLED)
    return _end(tx, review_id, progress, "cancelled" if isinstance(ending, BrokenOff) else "failed", failure)


def _end(
    tx: Tx, review_id: str, progress: Progress, status: Status, failure: ReviewFailed
) -> Sequence[events.ReviewEvent]:
    review = store.find(tx, review_id)
    if review is not None:
        store.fail(tx, review_id, status, failure.code, failure.message)
        log_entries.ended(tx, review, status, 0, 0)
    return progress.failed(failure.code, failure.message, tx.now(), failure.word)
