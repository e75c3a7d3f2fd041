"""Asking the model, with the retries of Starbot 5.9, and passing its text on as it comes."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from asterism.features.talk.runs.assembly import Prompt
from asterism.features.talk.runs.errors import error_of
from asterism.features.talk.runs.models import Outcome, RunUsage
from asterism.features.talk.runs.start import BegunRun
from asterism.features.talk.runs.tokens import estimate
from asterism.kernel.llm import Delta, FailureKind, Finish, ModelFailure, Models, RetryPolicy, Usage, asked, label

POLICY = RetryPolicy((0.5, 2.0), patience=10.0)


@dataclass(slots=True)
class Answer:
    """The state of one run's answer. `say` emits a status, `emit` a piece of text; both before anything else happens.

    `usage` covers every attempt that ended; `prompt` is what the last attempt sent.
    """

    begun: BegunRun
    models: Models
    say: Callable[[str], Awaitable[None]]
    emit: Callable[[str], Awaitable[None]]
    pieces: list[str] = field(default_factory=list)
    usage: RunUsage = field(default_factory=RunUsage)
    prompt: Prompt = field(init=False)
    under_way: bool = False
    _asked_again: bool = False
    _shortened: bool = False

    def __post_init__(self) -> None:
        """Begin with the whole prompt."""
        self.prompt = self.begun.prompt

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self.pieces)

    def spent(self) -> RunUsage:
        """Return the usage, that of an attempt broken off in the middle estimated."""
        return self.usage.plus(self._counted(None)) if self.under_way else self.usage

    async def run(self) -> Outcome:
        """Ask until there is an answer or no hope; never raises ModelFailure."""
        try:
            return await asked(
                self._ask, POLICY, told=lambda: bool(self.pieces), remedy=self._changed_question, tell=self._pausing
            )
        except ModelFailure as failure:
            return Outcome("failed", "error", self.text, self.usage, error_of(failure))

    async def _changed_question(self, failure: ModelFailure) -> bool:
        """Ask once more after an empty answer, and once with less when the prompt was too long (Starbot 5.9)."""
        if failure.failure is FailureKind.EMPTY and not self._asked_again:
            self._asked_again = True
            await self.say("The answer was empty; asking again")
            return True
        if failure.failure is FailureKind.CONTEXT_TOO_LONG and not self._shortened:
            self._shortened = True
            self.prompt = self.prompt.without_retrieval()
            await self.say("The prompt was too long; trying again with less context")
            return True
        return False

    async def _pausing(self, failure: ModelFailure) -> None:
        await self.say(f"{failure.message.split('.')[0]}; trying again")

    async def _ask(self) -> Outcome:
        self.under_way = True
        try:
            async with aclosing(self.models.stream(self.begun.request(self.prompt))) as parts:
                async for part in parts:
                    if isinstance(part, Delta):
                        await self._take(part.text)
                    else:
                        return await self._finished(part)
        except ModelFailure as failure:
            self.usage = self.usage.plus(self._counted(failure.usage))
            self.under_way = False
            raise
        raise ModelFailure(FailureKind.INTERRUPTED, name=label(self.begun.chosen.spec.provider))

    async def _take(self, piece: str) -> None:
        self.pieces.append(piece)
        await self.emit(piece)

    async def _finished(self, finish: Finish) -> Outcome:
        self.usage = self.usage.plus(self._counted(finish.usage))
        self.under_way = False
        return Outcome("completed", finish.reason, self.text, self.usage)

    def _counted(self, used: Usage | None) -> RunUsage:
        """Return what an attempt used: as reported, else estimated."""
        if used is None or not used.reported:
            return RunUsage(self.prompt.tokens, estimate(self.text), estimated=True)
        return RunUsage(used.input_tokens, used.output_tokens, used.cached_input_tokens, used.reasoning_tokens)
