"""One exchange with a provider: a vendor's library sends the request, the answer is read by `reading`.

The libraries know how each model wants to be asked, and what a refusal means; but they stop at answers that differ from
their vendor's own. So the body of an answer is taken away before a library sees it, which is given the shortest stream
of its format instead.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, suppress
from contextvars import ContextVar
from typing import Any

import httpx2

from asterism.kernel.llm.models import AnswerPart
from asterism.kernel.llm.providers import Wire
from asterism.kernel.llm.reading.answer import Answer

_OpenAnswers = list[httpx2.Response]
_TAKEN: ContextVar[tuple[Wire, _OpenAnswers] | None] = ContextVar("taken", default=None)

_SHORTEST: Mapping[Wire, bytes] = {
    "openai": (
        b'data: {"id":"","object":"chat.completion.chunk","created":0,"model":"","choices":[]}\n\ndata: [DONE]\n\n'
    ),
    "anthropic": (
        b'event: message_start\ndata: {"type":"message_start","message":{"id":"","type":"message","role":"assistant",'
        b'"content":[],"model":"","usage":{"input_tokens":0,"output_tokens":0}}}\n\n'
        b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
    ),
    "google": b'data: {"candidates":[]}\n\n',
}

AFTER_THE_REASON = 10.0  # seconds for usage and end marker to follow the reason why an answer ended
AFTER_THE_END = 0.25  # seconds for the body to end after the end marker, so that its connection can be used again


class _Shortest(httpx2.AsyncByteStream):
    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


async def take_body(response: httpx2.Response) -> None:
    """Take the body of a successful answer away: a hook of the HTTP clients."""
    taken = _TAKEN.get()
    if taken is None or not response.is_success:
        return
    wire, answers = taken
    answers.append(httpx2.Response(response.status_code, headers=response.headers, stream=response.stream))
    for name in ("content-encoding", "content-length", "transfer-encoding"):
        response.headers.pop(name, None)
    response.stream = _Shortest(_SHORTEST[wire])


async def exchange(
    asking: AbstractAsyncContextManager[Any], wire: Wire, answer: Answer
) -> AsyncGenerator[AnswerPart, None]:
    """Yield the parts of the answer to the request that entering `asking` sends; closes the connection when left.

    Raises Broken, and whatever the library and the connection raise.
    """
    answers: _OpenAnswers = []
    async with AsyncExitStack() as stack:
        token = _TAKEN.set((wire, answers))
        try:
            await stack.enter_async_context(asking)
        finally:
            _TAKEN.reset(token)
            for response in answers:
                stack.push_async_callback(response.aclose)
        async with aclosing(_read(answers[-1], answer)) as parts:
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
