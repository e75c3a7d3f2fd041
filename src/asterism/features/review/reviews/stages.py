"""The middle of every triage review, wherever its change comes from: analyzers and lenses, told as they go."""

from contextlib import aclosing
from dataclasses import dataclass

import structlog

from asterism.features.review import analyzers
from asterism.features.review.inspection import (
    Asker,
    Change,
    ModelUse,
    Options,
    Outcome,
    Pipeline,
    ReviewFailed,
    Sources,
)
from asterism.features.review.reviews.log import Log
from asterism.features.review.reviews.services import Services
from asterism.kernel.llm import Target
from asterism.kernel.runs import BrokenOff, Failed, Stopped

_log = structlog.get_logger("asterism.reviews")
INTERRUPTED = "The review was interrupted by a restart of the server."
INTERNAL = "The review failed because of an internal error."
TOO_LONG = "The review took longer than 15 minutes."


@dataclass(frozen=True, slots=True)
class Subject:
    """What the stages look at, and with what; `target` is None without a model, `dismissed` are fingerprints."""

    change: Change
    options: Options
    project: analyzers.Project
    target: Target | None
    dismissed: frozenset[str]
    ahead: analyzers.Ahead | None = None

    @property
    def use(self) -> ModelUse | None:
        """Return an empty account of the model."""
        return None if self.target is None else ModelUse(self.target.provider, self.target.model)


async def inspect(services: Services, log: Log, subject: Subject, use: ModelUse | None) -> Outcome:
    """Run the stages and write what happens; `use` counts what the model is asked.

    Raises ReviewFailed, also when the key was refused for every lens.
    """
    asker = None
    if subject.target is not None and use is not None:
        asker = Asker(services.models, subject.target, services.server_gate, use)
    checks = services.checks if subject.project.root is not None else analyzers.for_diff(services.checks)
    sources = Sources(checks, services.tools, subject.project, asker, services.verify_model, ahead=subject.ahead)
    options = subject.options
    pipeline = Pipeline(subject.change, options.lenses, options.minimum, sources, services.clock, subject.dismissed)
    async with aclosing(pipeline.facts()) as facts:
        async for fact in facts:
            await log.tell(fact)
    if pipeline.outcome.refused is not None:
        raise ReviewFailed("API_KEY_INVALID", pipeline.outcome.refused)
    return pipeline.outcome


def failure_of(review_id: str, ending: Failed | BrokenOff | Stopped, cancelled: str) -> ReviewFailed:
    """Return how an ending that left no result is told; `cancelled` is the sentence for one that was broken off."""
    if isinstance(ending, BrokenOff):
        return ReviewFailed("GENERATION_FAILED", cancelled, word="cancelled")
    if isinstance(ending, Stopped):
        return ReviewFailed("INTERNAL_ERROR", INTERRUPTED, word="interrupted")
    failure = _failure_in(ending.error)
    if failure is None:
        _log.error("review failed", review_id=review_id, exc_info=ending.error)
        failure = ReviewFailed("INTERNAL_ERROR", INTERNAL)
    return failure


def _failure_in(error: Exception) -> ReviewFailed | None:
    """Find the failure inside the group that a group of tasks raises."""
    if isinstance(error, ReviewFailed):
        return error
    if isinstance(error, ExceptionGroup):
        return next((found for one in error.exceptions if (found := _failure_in(one)) is not None), None)
    return None
