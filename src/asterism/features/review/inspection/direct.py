"""Reviewing without a store: a checkout from the command line, or a diff (Stargazer 10)."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from asterism.base.clock import Clock
from asterism.features.review import analyzers
from asterism.features.review.findings import headline
from asterism.features.review.inspection import collection, enrichment, summary
from asterism.features.review.inspection.asker import Asker
from asterism.features.review.inspection.errors import ReviewFailed, TooMuchDiff
from asterism.features.review.inspection.facts import InspectionFact
from asterism.features.review.inspection.models import Change, Options
from asterism.features.review.inspection.pipeline import Outcome, Pipeline, Sources
from asterism.features.review.inspection.posted import change_of
from asterism.kernel import git


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was reviewed and what came of it."""

    change: Change
    outcome: Outcome
    summary: str


def unseen(_fact: InspectionFact) -> None:
    """Watch nothing."""


async def inspect_checkout(
    root: Path,
    options: Options,
    checks: Sequence[analyzers.Analyzer],
    *,
    run_commands: bool,
    clock: Clock,
    program: git.Git,
    tools: analyzers.Tools,
    asker: Asker | None = None,
    seen: Callable[[InspectionFact], None] = unseen,
) -> Inspected:
    """Review a checkout, by analyzers alone without an `asker`.

    `seen` is told what happens. Raises ReviewFailed, and NotGitRepo, GitNotFound or UnknownRevision.
    """
    project = analyzers.Project(root, options.mode == "staged", run_commands)
    async with analyzers.Ahead(checks, tools) as ahead:
        change = await program.work(
            collection.collect, program, root, options, run_commands=run_commands, expect=ahead.expect
        )
        outcome = await _outcome(change, options, Sources(checks, tools, project, asker, ahead=ahead), clock, seen)
    historian = enrichment.Historian(git.Checkout(program, root), change, options.mode)
    enriched = enrichment.Enrichment(historian, outcome.issues, clock)
    async with aclosing(enriched.facts()) as facts:
        async for _ in facts:
            pass
    outcome.issues = enriched.issues
    text = summary.summary_of(change, options, outcome, outcome.issues, model=asker is not None)
    return Inspected(change, outcome, text)


async def inspect_diff(
    diff: str,
    options: Options,
    sources: Sources,
    *,
    clock: Clock,
    seen: Callable[[InspectionFact], None] = unseen,
    refs: tuple[str | None, str | None] = (None, None),
) -> Inspected:
    """Review a diff of which nothing but the text is known; `seen` is told what happens.

    Raises NoDiff, TooMuchDiff and ReviewFailed.
    """
    try:
        change = await asyncio.to_thread(change_of, diff)
    except ReviewFailed as failure:
        raise TooMuchDiff(failure.message) from failure
    outcome = Outcome()
    if change.files:
        outcome = await _outcome(change, options, sources, clock, seen)
    return Inspected(change, outcome, _summary(change, options, outcome, refs, model=sources.asker is not None))


async def _outcome(
    change: Change, options: Options, sources: Sources, clock: Clock, seen: Callable[[InspectionFact], None]
) -> Outcome:
    pipeline = Pipeline(change, options.lenses, options.minimum, sources, clock)
    async with aclosing(pipeline.facts()) as facts:
        async for fact in facts:
            seen(fact)
    return pipeline.outcome


def _summary(
    change: Change, options: Options, outcome: Outcome, refs: tuple[str | None, str | None], *, model: bool
) -> str:
    if not change.files:
        return "\n".join([headline(()), summary.skip_line(change.skipped)])
    base, head = (None if ref is None else " ".join(ref.split()) for ref in refs)
    if base or head:
        outcome.notes.insert(0, f"Compared {head or 'the change'} with {base or 'its base'}.")
    partial = [file for file in change.files if file.path.endswith((".py", ".pyi")) and file.new_text is None]
    if any(not file.deleted for file in partial):
        outcome.notes.append("Only new files are in the diff as a whole; ruff and bandit saw no others.")
    return summary.summary_of(change, options, outcome, outcome.issues, model=model)
