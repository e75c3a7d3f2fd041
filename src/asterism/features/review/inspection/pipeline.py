"""Stages 4 to 8 of a review: lenses and analyzers side by side, then one list (Stargazer 5.1)."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from asterism.base.clock import Clock, stamp
from asterism.features.review import analyzers
from asterism.features.review.findings import AGENTS, Issue, Lens, Severity, at_least, finalise
from asterism.features.review.inspection.asker import Asker
from asterism.features.review.inspection.chunks import Chunk, chunk
from asterism.features.review.inspection.errors import ReviewFailed
from asterism.features.review.inspection.facts import CandidatePlaced, ChunkRead, InspectionFact, LensBegan, Thought
from asterism.features.review.inspection.lens_pass import ChunkResult, Specialist
from asterism.features.review.inspection.models import LENS_SECONDS, Change, Dropped, LensStatus
from asterism.features.review.inspection.verification import verify
from asterism.kernel.llm import FailureKind, ModelFailure

PREVIEWS = 300
"""A review never keeps more issues than that, so nobody needs more previews."""
NO_MODEL = "No model is configured; only static checks run."
BREATHS = 50
"""Findings that are placed together, in a thread of their own."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where findings come from in this review; `asker` is None without a model, `ahead` holds what was begun before."""

    checks: Sequence[analyzers.Analyzer]
    tools: analyzers.Tools
    project: analyzers.Project
    asker: Asker | None = None
    verify: bool = True
    lens_seconds: float = LENS_SECONDS
    ahead: analyzers.Ahead | None = None


@dataclass(slots=True)
class Outcome:
    """What comes of the stages. `refused` is what the provider said when it took the key of no lens."""

    issues: tuple[Issue, ...] = ()
    lenses: tuple[LensStatus, ...] = ()
    checks: tuple[analyzers.AnalyzerStatus, ...] = ()
    dropped: Dropped = field(default_factory=Dropped)
    notes: list[str] = field(default_factory=list)
    refused: str | None = None

    @property
    def failed_checks(self) -> list[tuple[str, str]]:
        """Analyzers that failed, with the reason."""
        return [(one.id, one.detail or "no reason given") for one in self.checks if one.status == "failed"]


@dataclass(slots=True)
class _LensWork:
    """How one lens is getting on."""

    lens: Lens
    results: list[ChunkResult] = field(default_factory=list)
    failures: list[ModelFailure] = field(default_factory=list)
    late: bool = False


class Pipeline:
    """One run of the stages over one change."""

    def __init__(
        self,
        change: Change,
        lenses: Sequence[Lens],
        minimum: Severity,
        sources: Sources,
        clock: Clock,
        dismissed: frozenset[str] = frozenset(),
    ) -> None:
        self.change, self.lenses, self.minimum = change, tuple(lenses), minimum
        self.sources, self.clock, self.dismissed = sources, clock, dismissed
        self.outcome = Outcome()
        self._candidates: list[Issue] = []
        self._files = {file.path: file for file in change.files}
        self._previews = 0
        self._checked = asyncio.Event()
        self._told: asyncio.Queue[InspectionFact | None] = asyncio.Queue()  # bounded by files, chunks and previews

    async def facts(self) -> AsyncGenerator[InspectionFact, None]:
        """Run the stages and yield what happens; afterwards `outcome` is there.

        Raises ReviewFailed when nothing could be found because nothing worked ([5.26]). Closing it stops the stages.
        """
        stages = asyncio.create_task(self._stages())
        stages.add_done_callback(lambda _: self._told.put_nowait(None))
        try:
            while (fact := await self._told.get()) is not None:
                yield fact
            await stages
        finally:
            stages.cancel()
            await asyncio.gather(stages, return_exceptions=True)

    async def run(self) -> Outcome:
        """Run the stages unwatched and return what comes of them. Raises ReviewFailed."""
        async with aclosing(self.facts()) as facts:
            async for _ in facts:
                pass
        return self.outcome

    def _now(self) -> str:
        return stamp(self.clock.now())

    def _tell(self, fact: InspectionFact) -> None:
        self._told.put_nowait(fact)

    async def _stages(self) -> None:
        files = self.change.files
        chunks = chunk(files)
        for lens in self.lenses:
            self._tell(LensBegan(lens, len(files)))
        if self.sources.asker is None:
            self._tell(Thought(self.lenses[0], NO_MODEL))
        works = [_LensWork(lens) for lens in self.lenses]
        begun = self.sources.ahead.begun if self.sources.ahead is not None else None
        async with (
            analyzers.prepared(files, self.sources.project, self.sources.tools, begun) as job,
            asyncio.TaskGroup() as group,
        ):
            group.create_task(self._check(job))
            for work in works:
                group.create_task(self._lens(work, chunks))
        total = len(self._candidates)
        noun = "candidate" if total == 1 else "candidates"
        self._tell(Thought(self.lenses[0], f"Checking {total} {noun} against the diff"))
        await self._finish(works)

    async def _check(self, job: analyzers.Job) -> None:
        try:
            statuses = await analyzers.run_all(self.sources.checks, job, self._found)
            self.outcome.checks = tuple(statuses)
        finally:
            self._checked.set()

    async def _found(self, _analyzer: str, findings: Sequence[analyzers.Finding]) -> None:
        """Place what an analyzer found, by lens; what belongs to a lens that is not selected is nobody's business."""
        for start in range(0, len(findings), BREATHS):
            for placed in await asyncio.to_thread(self._placed, findings[start : start + BREATHS]):
                if isinstance(placed, analyzers.Dropped):
                    self.outcome.dropped.add(placed.reason)
                else:
                    self._candidate(placed)

    def _placed(self, findings: Sequence[analyzers.Finding]) -> list[Issue | analyzers.Dropped]:
        now = self._now()
        return [
            analyzers.place(finding, file, now)
            for finding in findings
            if finding.lens in self.lenses and (file := self._files.get(finding.file)) is not None
        ]

    def _candidate(self, issue: Issue) -> None:
        self._candidates.append(issue)
        if not at_least(issue.severity, self.minimum) or issue.fingerprint in self.dismissed:
            return
        self._previews += 1
        if self._previews <= PREVIEWS:
            self._tell(CandidatePlaced(issue))

    async def _lens(self, work: _LensWork, chunks: Sequence[Chunk]) -> None:
        """Read chunk by chunk; calls of later chunks are already under way meanwhile."""
        total = len(self.change.files)
        if self.sources.asker is None:
            for part in chunks:
                self._tell(ChunkRead(work.lens, part, total))
            await self._checked.wait()
            self._tell(Thought(work.lens, _found_text(self._count(work.lens))))
            return
        specialist = Specialist(work.lens, self.sources.asker, self.change.files, len(chunks))
        tasks = [asyncio.create_task(specialist.examine(part, self._now)) for part in chunks]
        try:
            async with asyncio.timeout(self.sources.lens_seconds):
                for part, task in zip(chunks, tasks, strict=True):
                    self._tell(ChunkRead(work.lens, part, total))
                    await self._await_chunk(work, task)
        except TimeoutError:
            work.late = True
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _await_chunk(self, work: _LensWork, task: "asyncio.Task[ChunkResult]") -> None:
        try:
            result = await task
        except ModelFailure as failure:
            work.failures.append(failure)
            self._tell(Thought(work.lens, f"The model gave no answer: {failure.message}"))
            return
        work.results.append(result)
        for reason in result.dropped:
            self.outcome.dropped.add(reason)
        for issue in result.issues:
            self._candidate(issue)
        self._tell(Thought(work.lens, _found_text(self._count(work.lens))))

    def _count(self, lens: Lens) -> int:
        return sum(issue.lens is lens for issue in self._candidates)

    async def _finish(self, works: Sequence[_LensWork]) -> None:
        """Stages 7 and 8: verify, drop what was dismissed, merge, filter, order, number."""
        outcome, asker = self.outcome, self.sources.asker
        candidates = self._candidates
        if asker is not None and self.sources.verify and any(issue.from_model for issue in candidates):
            verified = await verify(asker, candidates, self.change.files)
            candidates = verified.issues
            outcome.dropped.add("refuted", verified.refuted)
            if verified.incomplete:
                outcome.notes.append("Some findings of the model could not be verified.")
        wanted = [issue for issue in candidates if issue.fingerprint not in self.dismissed]
        outcome.dropped.add("dismissed", len(candidates) - len(wanted))
        final = await asyncio.to_thread(finalise, wanted, self.minimum)
        outcome.dropped.add("duplicate", final.duplicate)
        outcome.dropped.add("belowThreshold", final.below_threshold)
        outcome.dropped.add("overCap", final.over_cap)
        outcome.issues = final.issues
        outcome.lenses = tuple(self._status(work) for work in works)
        outcome.refused = _refused(works)
        if asker is not None and not final.issues and all(status.status == "failed" for status in outcome.lenses):
            raise _all_failed(works)

    def _status(self, work: _LensWork) -> LensStatus:
        if self.sources.asker is None:
            return LensStatus(work.lens, "success", "partial")
        reason = work.failures[0].message if work.failures else "It took too long."
        if not work.results:
            checked = any(not issue.from_model and issue.lens is work.lens for issue in self.outcome.issues)
            return LensStatus(work.lens, "failed", "partial" if checked else "none", reason)
        if work.failures or work.late:
            return LensStatus(work.lens, "success", "partial", reason)
        if any(result.truncated for result in work.results):
            return LensStatus(work.lens, "success", "partial", "The model's answer was cut off.")
        return LensStatus(work.lens, "success", "full")


def _found_text(amount: int) -> str:
    return f"{amount} {'candidate' if amount == 1 else 'candidates'} found"


def _refused(works: Sequence[_LensWork]) -> str | None:
    """Return what the provider said when it refused the key for every lens and nothing else happened."""
    failures = [failure for work in works for failure in work.failures]
    if any(work.results or work.late or not work.failures for work in works):
        return None
    return failures[0].message if all(one.failure is FailureKind.AUTH for one in failures) else None


def _all_failed(works: Sequence[_LensWork]) -> ReviewFailed:
    failures = [failure for work in works for failure in work.failures]
    if failures and all(failure.failure is FailureKind.RATE_LIMITED for failure in failures):
        return ReviewFailed("RATE_LIMITED", failures[0].message)
    refused = _refused(works)
    if refused is not None:
        return ReviewFailed("API_KEY_INVALID", refused)
    first = next((failure for failure in failures if failure.failure is not FailureKind.AUTH), None)
    return ReviewFailed("AI_ERROR", first.message if first else "The model did not answer in time.")


def counts(issues: Sequence[Issue], lenses: Sequence[Lens]) -> list[tuple[Lens, str, int]]:
    """Count final issues by lens: `(lens, agent's name, amount)`."""
    return [(lens, AGENTS[lens].name, sum(issue.lens is lens for issue in issues)) for lens in lenses]
