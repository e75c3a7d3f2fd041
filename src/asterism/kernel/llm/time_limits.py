"""Time limits of an answer: until the first part, between two of them, and in total."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from asterism.kernel.llm.failures import FailureKind, ModelFailure
from asterism.kernel.llm.models import AnswerPart, Limits


async def timed(parts: AsyncGenerator[AnswerPart, None], limits: Limits, name: str) -> AsyncGenerator[AnswerPart, None]:
    """Yield `parts`; raise a ModelFailure of kind `timeout` when a limit passes. Closes `parts` whatever happens."""
    loop = asyncio.get_running_loop()
    end = loop.time() + limits.total
    patience = limits.first_token
    async with aclosing(parts):
        while True:
            try:
                async with asyncio.timeout_at(min(end, loop.time() + patience)):
                    part = await anext(parts)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise ModelFailure(FailureKind.TIMEOUT, name=name) from None
            patience = limits.gap
            yield part
