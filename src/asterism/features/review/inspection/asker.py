"""Asking a model within a review's limits: bounded at once, retried, with a deadline (Stargazer 0.8, 1.5)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from asterism.features.review.inspection.models import CALL_SECONDS, ModelUse
from asterism.kernel.llm import (
    Delta,
    FailureKind,
    Finish,
    Limits,
    ModelFailure,
    Models,
    Part,
    Request,
    RetryPolicy,
    Target,
    Turn,
    Usage,
    asked,
    label,
)

CALLS_PER_SERVER = 8
CALLS_PER_REVIEW = 5
ANSWER_CHARACTERS = 1 << 20  # several times what fits into the tokens that are asked for
TEMPERATURE = 0.2  # Stargazer [5.29]
RETRIES = RetryPolicy(pauses=(1.0, 2.0), jitter=0.2, patience=30.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's text; `truncated` when it stopped at its output limit."""

    text: str
    truncated: bool


@dataclass(slots=True)
class Asker:
    """Asks one model on behalf of one review; counts what it used."""

    models: Models
    target: Target
    server_gate: asyncio.Semaphore
    use: ModelUse
    review_gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CALLS_PER_REVIEW))

    async def ask(
        self,
        system: str,
        *turns: Turn,
        schema: Mapping[str, Any] | None = None,
        tokens: int = 16_384,
        seconds: float = CALL_SECONDS,
    ) -> Answer:
        """Ask and read the whole answer. Raises ModelFailure, of kind TIMEOUT when `seconds` are over."""
        async with self._turn():
            request = self.request(system, *turns, schema=schema, tokens=tokens, seconds=seconds)
            try:
                async with asyncio.timeout(seconds):
                    return await asked(lambda: self._once(request), RETRIES)
            except TimeoutError:
                raise ModelFailure(
                    FailureKind.TIMEOUT, name=label(self.target.provider), model=self.target.model
                ) from None

    def request(
        self, system: str, *turns: Turn, schema: Mapping[str, Any] | None, tokens: int, seconds: float
    ) -> Request:
        """Build the request; the whole call's deadline bounds each of its waits too."""
        return Request(
            target=self.target,
            turns=turns,
            system=system,
            max_output_tokens=tokens,
            temperature=TEMPERATURE,
            schema=schema,
            limits=Limits(first_token=seconds, gap=seconds, total=seconds),
        )

    async def _once(self, request: Request) -> Answer:
        texts: list[str] = []
        truncated = False
        async with aclosing(self.parts(request)) as parts:
            async for part in parts:
                if isinstance(part, Delta):
                    texts.append(part.text)
                else:
                    truncated = part.reason == "max_tokens"
        return Answer("".join(texts), truncated)

    async def parts(self, request: Request) -> AsyncGenerator[Part, None]:
        """Ask once and yield what comes, at most a MiB of text; count what is used. Raises ModelFailure.

        A longer answer is not read to its end: it finishes as one cut at its limit, and the connection is closed.
        """
        self.use.calls += 1
        room = ANSWER_CHARACTERS
        async with aclosing(self.models.stream(request)) as parts:
            async for part in parts:
                if isinstance(part, Finish):
                    self.use.input_tokens += part.usage.input_tokens
                    self.use.output_tokens += part.usage.output_tokens
                    yield part
                    return
                if len(part.text) > room:
                    yield Delta(part.text[:room])
                    yield Finish("max_tokens", Usage(0, 0, reported=False))
                    return
                room -= len(part.text)
                yield part

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.review_gate)
            await stack.enter_async_context(self.server_gate)
            yield
