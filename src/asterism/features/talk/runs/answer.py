"""Asking the model, with the retries of Starbot 5.9 and the tools of 8.6, and passing its text on as it comes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from asterism.features.talk.runs.assembly import Prompt
from asterism.features.talk.runs.errors import error_of
from asterism.features.talk.runs.events import RunEvent, Status, TokenDelta
from asterism.features.talk.runs.models import Outcome, RunUsage, StopReason
from asterism.features.talk.runs.start import BegunRun
from asterism.features.talk.runs.tokens import estimate
from asterism.features.talk.runs.tool_rounds import ToolRounds
from asterism.features.talk.tools import Toolbox
from asterism.kernel.llm import Delta, FailureKind, ModelFailure, Models, RetryPolicy, TurnEnd, Usage, asked, label

POLICY = RetryPolicy((0.5, 2.0), patience=10.0)


@dataclass(slots=True)
class Answer:
    """The state of one run's answer. `tell` appends to the run's stream; it returns before anything else happens.

    `usage` covers every attempt that ended; `prompt` is what the last attempt sent, before the turns of `tools`.
    """

    begun: BegunRun
    models: Models
    toolbox: Toolbox
    tell: Callable[[RunEvent], Awaitable[None]]
    pieces: list[str] = field(default_factory=list)
    usage: RunUsage = field(default_factory=RunUsage)
    prompt: Prompt = field(init=False)
    tools: ToolRounds = field(init=False)
    under_way: bool = False
    _attempt_from: int = 0
    _deadline: float = 0.0
    _asked_again: bool = False
    _shortened: bool = False

    def __post_init__(self) -> None:
        """Begin with the whole prompt and all tools."""
        self.prompt = self.begun.prompt
        begun = self.begun
        self.tools = ToolRounds(self.toolbox, begun.place, begun.offered, begun.profile.tool_rounds, self.tell)

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self.pieces)

    def spent(self) -> RunUsage:
        """Return the usage, that of an attempt broken off in the middle estimated."""
        return self.usage.plus(self._counted(None)) if self.under_way else self.usage

    async def say(self, text: str) -> None:
        """Tell people what is going on."""
        await self.tell(Status(text))

    async def run(self) -> Outcome:
        """Ask, and call what the model wants called, until there is an answer or no hope; never raises ModelFailure."""
        self._deadline = asyncio.get_running_loop().time() + self.begun.profile.limits.total
        try:
            while True:
                end = await asked(
                    self._ask, POLICY, told=lambda: bool(self.pieces), remedy=self._changed_question, tell=self._pausing
                )
                if end.reason != "tool_calls" or not self.tools.tools:
                    return self._completed(end)
                await self._call_tools(end)
        except ModelFailure as failure:
            return Outcome("failed", "error", self.text, self.usage, error_of(failure))

    def _completed(self, end: TurnEnd) -> Outcome:
        reason: StopReason = (
            "max_tokens" if end.reason == "max_tokens" else "tool_limit" if self.tools.used_up else "end"
        )
        return Outcome("completed", reason, self.text, self.usage)

    async def _call_tools(self, end: TurnEnd) -> None:
        try:
            async with asyncio.timeout_at(self._deadline):
                await self.tools.answer(end.turn)
        except TimeoutError:
            raise self._failure(FailureKind.TIMEOUT) from None

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

    async def _ask(self) -> TurnEnd:
        self.under_way, self._attempt_from = True, len(self.pieces)
        left = max(0.001, self._deadline - asyncio.get_running_loop().time())
        request = self.begun.request(self.prompt, self.tools.turns, self.tools.tools, left)
        try:
            async with aclosing(self.models.parts(request)) as parts:
                async for part in parts:
                    if isinstance(part, Delta):
                        await self._take(part.text)
                    elif isinstance(part, TurnEnd):
                        return self._finished(part)
        except ModelFailure as failure:
            self.usage = self.usage.plus(self._counted(failure.usage))
            self.under_way = False
            raise
        raise self._failure(FailureKind.INTERRUPTED)

    async def _take(self, piece: str) -> None:
        self.pieces.append(piece)
        await self.tell(TokenDelta(self.begun.run.message_id, piece))
        await asyncio.sleep(0)  # readers first: many pieces that come at once would be heard after the last of them

    def _finished(self, end: TurnEnd) -> TurnEnd:
        calls = end.reason == "tool_calls" and bool(self.tools.tools)
        if not calls and not self.pieces:  # calls of tools that nobody offered are no answer either
            empty = self._failure(FailureKind.EMPTY)
            empty.usage = end.usage
            raise empty
        self.usage = self.usage.plus(self._counted(end.usage))
        self.under_way = False
        return end

    def _failure(self, kind: FailureKind) -> ModelFailure:
        return ModelFailure(kind, name=label(self.begun.chosen.spec.provider))

    def _counted(self, used: Usage | None) -> RunUsage:
        """Return what an attempt used: as reported, else estimated."""
        if used is None or not used.reported:
            written = "".join(self.pieces[self._attempt_from :])
            return RunUsage(self.prompt.tokens + self.tools.tokens, estimate(written), estimated=True)
        return RunUsage(used.input_tokens, used.output_tokens, used.cached_input_tokens, used.reasoning_tokens)
