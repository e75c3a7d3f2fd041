"""Asking the model, with the retries of Starbot 5.9, and passing its text on as it comes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from asterism.features.talk.runs.assembling import Prompt
from asterism.features.talk.runs.errors import error_of
from asterism.features.talk.runs.models import Outcome, RunUsage
from asterism.features.talk.runs.pieces import Joiner
from asterism.features.talk.runs.starting import Job
from asterism.features.talk.runs.tokens import estimate
from asterism.kernel.llm import Delta, FailureKind, Finish, ModelFailure, Models, RetryPolicy, Usage

POLICY = RetryPolicy((0.5, 2.0), patience=10.0)
LENGTH_REACHED = "The answer reached the length limit"


@dataclass(slots=True)
class Answer:
    """The state of one run's answer. `say` emits a status, `emit` a piece of text; both before anything else happens.

    `usage` covers every attempt that ended; `prompt` is what the last attempt sent.
    """

    job: Job
    models: Models
    say: Callable[[str], Awaitable[None]]
    emit: Callable[[str], Awaitable[None]]
    pieces: list[str] = field(default_factory=list)
    usage: RunUsage = field(default_factory=RunUsage)
    prompt: Prompt = field(init=False)
    asked: bool = False

    def __post_init__(self) -> None:
        """Begin with the whole prompt."""
        self.prompt = self.job.prompt

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self.pieces)

    def spent(self) -> RunUsage:
        """Return the usage, that of an attempt broken off in the middle estimated."""
        return self.usage.plus(self._counted(None)) if self.asked else self.usage

    async def run(self) -> Outcome:
        """Ask until there is an answer or no hope; never raises ModelFailure."""
        attempt, tried_again, shortened = 1, False, False
        while True:
            try:
                return await self._ask()
            except ModelFailure as failure:
                if self.pieces:
                    return self._failed(failure)
                if failure.failure is FailureKind.EMPTY and not tried_again:
                    tried_again = True
                    await self.say("The answer was empty; asking again")
                elif failure.failure is FailureKind.CONTEXT_TOO_LONG and not shortened:
                    shortened = True
                    self.prompt = self.prompt.without_retrieval()
                    await self.say("The prompt was too long; trying again with less context")
                else:
                    pause = POLICY.pause(failure, attempt)
                    if pause is None:
                        return self._failed(failure)
                    attempt += 1
                    await self.say(f"{failure.message.split('.')[0]}; trying again")
                    await asyncio.sleep(pause)

    async def _ask(self) -> Outcome:
        joiner = Joiner()
        self.asked = True
        try:
            async with aclosing(self.models.stream(self.job.request(self.prompt))) as parts:
                async for part in parts:
                    if isinstance(part, Delta):
                        await self._take(joiner.take(part.text))
                    else:
                        await self._take(joiner.rest())
                        return await self._finished(part)
        except ModelFailure as failure:
            self.usage = self.usage.plus(self._counted(failure.usage))
            self.asked = False
            raise
        raise ModelFailure(FailureKind.INTERRUPTED, name=self.job.chosen.spec.provider)

    async def _take(self, piece: str) -> None:
        if piece:
            self.pieces.append(piece)
            await self.emit(piece)

    async def _finished(self, finish: Finish) -> Outcome:
        self.usage = self.usage.plus(self._counted(finish.usage))
        self.asked = False
        return Outcome("completed", finish.reason, self.text, self.usage)

    def _failed(self, failure: ModelFailure) -> Outcome:
        return Outcome("failed", "error", self.text, self.usage, error_of(failure))

    def _counted(self, used: Usage | None) -> RunUsage:
        """Return what an attempt used: as reported, else estimated."""
        if used is None or not used.reported:
            return RunUsage(self.prompt.tokens, estimate(self.text), estimated=True)
        return RunUsage(used.input_tokens, used.output_tokens, used.cached_input_tokens, used.reasoning_tokens)
