"""One exchange with a provider: a vendor's library sends the request, the answer is read by `reading`.

The libraries know how each model wants to be asked, and what a refusal means; but they stop at answers that differ from
their vendor's own. So the body of an answer is taken away before a library sees it, whose work ends there.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from contextvars import ContextVar
from typing import Any

import httpx2

from asterism.kernel.llm.models import AnswerPart
from asterism.kernel.llm.reading.answer import Answer

AFTER_THE_REASON = 10.0  # seconds for usage and end marker to follow the reason why an answer ended
AFTER_THE_END = 0.25  # seconds for the body to end after the end marker, so that its connection can be used again

_ASKING: ContextVar[bool] = ContextVar("asking", default=False)


class _Taken(BaseException):
    """A successful answer has begun. Not an Exception: libraries word those as a failure."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.answer = answer


class _Nothing(httpx2.AsyncByteStream):
    """What is left of a body that was taken: closing it closes nothing."""


async def take_body(response: httpx2.Response) -> None:
    """Take the body of a successful answer away, which ends the asking: a hook of the HTTP clients."""
    if _ASKING.get() and response.is_success:
        taken = httpx2.Response(response.status_code, headers=response.headers, stream=response.stream)
        response.stream = _Nothing()
        raise _Taken(taken)


async def exchange(asking: AbstractAsyncContextManager[Any], answer: Answer) -> AsyncGenerator[AnswerPart, None]:
    """Yield the parts of the answer to the request that entering `asking` sends; closes the connection when left.

    Raises Broken, and whatever the library and the connection raise.
    """
    token = _ASKING.set(True)
    try:
        async with asking:
            raise RuntimeError("an answer was not taken")
    except _Taken as taken:
        response = taken.answer
    finally:
        _ASKING.reset(token)
    async with aclosing(response), aclosing(_read(response, answer)) as parts:
        async for part in parts:
            yield part


async def _read(response: httpx2.Response, answer: Answer) -> AsyncGenerator[AnswerPart, None]:
    body = response.aiter_bytes()
    while not answer.complete:
        try:
            async with asyncio.timeout(AFTER_THE_REASON if answer.ending else None):
                data = await anext(body)
        except StopAsyncIteration:
            break
        except (TimeoutError, httpx2.TransportError):
            if not answer.ending:
                raise
            break
        for part in answer.feed(data):
            yield part
    if answer.complete:
        await _drain(body)
    for part in answer.close():
        yield part


async def _drain(body: AsyncIterator[bytes]) -> None:
    with suppress(TimeoutError, httpx2.TransportError):
        async with asyncio.timeout(AFTER_THE_END):
            async for _ in body:
                pass
