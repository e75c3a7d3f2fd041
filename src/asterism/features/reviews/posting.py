"""Reviewing a posted diff: the same stages, nothing stored, nothing read from any project (Stargazer 10)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from asterism.base.clock import Clock, stamp
from asterism.base.errors import RateLimited
from asterism.features import analyzers
from asterism.features.exports import PrReview, pr_review
from asterism.features.findings import Issue, Lens, headline
from asterism.features.reviews import collecting, enriching, noting, recording
from asterism.features.reviews.asking import Asker
from asterism.features.reviews.chunking import Chunk
from asterism.features.reviews.errors import AllLensesFailed, ReviewFailed, TooMuchDiff
from asterism.features.reviews.models import Change, ModelUse, Options
from asterism.features.reviews.pipeline import Listener, Outcome, Pipeline, Sources
from asterism.features.reviews.posted import change_of
from asterism.features.reviews.running import Request, Services
from asterism.kernel import git
from asterism.kernel.llm import Target

SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Posted:
    """What was reviewed and what came of it."""

    change: Change
    outcome: Outcome
    summary: str
    model_used: bool


class Silence:
    """A listener for work that nobody watches."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> str:
        """Return the present as a stamp."""
        return stamp(self._clock.now())

    async def agent_start(self, lens: Lens, files: int) -> None:
        """Say nothing."""

    async def reading(self, lens: Lens, part: Chunk, total: int) -> None:
        """Say nothing."""

    async def think(self, lens: Lens, thought: str) -> None:
        """Say nothing."""

    async def preview(self, issue: Issue) -> None:
        """Say nothing."""


async def review_once(
    request: Request, checks: Sequence[analyzers.Analyzer], *, listener: Listener, git_program: git.Git
) -> Posted:
    """Review a checkout without storing anything and without a model.

    Raises ReviewFailed, and NotGitRepo, GitNotFound or UnknownRevision.
    """
    change = await asyncio.to_thread(
        collecting.collect, git_program, request.root, request.options, run_commands=request.run_commands
    )
    tools = analyzers.ToolRunner()
    try:
        project = analyzers.Project(request.root, request.options.mode == "staged", request.run_commands)
        sources = Sources(checks, tools, project)
        outcome = await Pipeline(change, request.options.lenses, request.options.minimum, sources, listener).run()
    finally:
        tools.close()
    historian = enriching.Historian(git.Checkout(git_program, request.root), change, request.options.mode)
    outcome.issues = await enriching.enriched(historian, outcome.issues, listener.now, _unwatched)
    text = recording.summary_of(change, request.options, outcome, outcome.issues, model=False)
    return Posted(change, outcome, text, model_used=False)


async def review_text(
    diff: str, options: Options, checks: Sequence[analyzers.Analyzer], *, listener: Listener
) -> Posted:
    """Review a diff without any repository, store or model. Raises NoDiff and TooMuchDiff."""
    try:
        change = await asyncio.to_thread(change_of, diff)
    except ReviewFailed as failure:
        raise TooMuchDiff(failure.message) from failure
    outcome = Outcome()
    if change.files:
        tools = analyzers.ToolRunner()
        try:
            sources = Sources(analyzers.for_diff(checks), tools, analyzers.Project())
            outcome = await Pipeline(change, options.lenses, options.minimum, sources, listener).run()
        finally:
            tools.close()
    return Posted(change, outcome, _summary(change, options, outcome, None, (None, None)), model_used=False)


async def _unwatched(_issue: Issue, _kind: str, _status: str) -> None:
    pass


async def review_diff(
    services: Services,
    diff: str,
    options: Options,
    target: Target | None,
    *,
    refs: tuple[str | None, str | None] = (None, None),
) -> Posted:
    """Review a posted diff.

    Raises NoDiff, TooMuchDiff, and AllLensesFailed or RateLimited when nothing was found because nothing worked.
    """
    try:
        change = await asyncio.to_thread(change_of, diff)
    except ReviewFailed as failure:
        raise TooMuchDiff(failure.message) from failure
    if not change.files:
        return Posted(change, Outcome(), _summary(change, options, Outcome(), target, refs), target is not None)
    use = None if target is None else ModelUse(target.provider, target.model)
    asker = None if target is None or use is None else Asker(services.models, target, services.server_gate, use)
    checks = analyzers.for_diff(services.checks)
    sources = Sources(checks, services.tools, analyzers.Project(), asker, services.verify_model, SECONDS)
    pipeline = Pipeline(change, options.lenses, options.minimum, sources, Silence(services.clock))
    try:
        outcome = await pipeline.run()
    except ReviewFailed as failure:
        raise _refused(failure) from failure
    return Posted(change, outcome, _summary(change, options, outcome, target, refs), target is not None)


def for_github(posted: Posted) -> PrReview:
    """Write the answer in GitHub's terms."""
    return pr_review(posted.summary, posted.outcome.issues, posted.change.files)


def _refused(failure: ReviewFailed) -> Exception:
    if failure.code == "RATE_LIMITED":
        return RateLimited(failure.message, retry_after=5)
    if failure.code == "GENERATION_FAILED":
        return TooMuchDiff(failure.message)
    return AllLensesFailed(failure.message)


def _summary(
    change: Change, options: Options, outcome: Outcome, target: Target | None, refs: tuple[str | None, str | None]
) -> str:
    if not change.files:
        return "\n".join([headline(()), noting.skip_line(change.skipped)])
    notes = list(outcome.notes)
    base, head = (None if ref is None else " ".join(ref.split()) for ref in refs)
    if base or head:
        notes.insert(0, f"Compared {head or 'the change'} with {base or 'its base'}.")
    partial = [file for file in change.files if file.path.endswith((".py", ".pyi")) and file.new_text is None]
    if any(not file.deleted for file in partial):
        notes.append("Only new files are in the diff as a whole; ruff and bandit saw no others.")
    return noting.summary(
        outcome.issues,
        files=len(change.files),
        lenses=options.lenses,
        model_used=target is not None,
        statuses=outcome.lenses,
        failed_analyzers=outcome.failed_checks,
        skipped=change.skipped,
        dropped=outcome.dropped,
        notes=notes,
    )
