"""The memory fake: answers from a script, and remembers what it was asked."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from asterism.kernel.llm.collect import collect, text_alone
from asterism.kernel.llm.conversation import Thought, ToolCall
from asterism.kernel.llm.failures import FailureKind, ModelFailure
from asterism.kernel.llm.models import AnswerPart, Completion, FinishReason, Part, Request, Usage
from asterism.kernel.llm.reading.assembly import Assembly, Broken
from asterism.kernel.llm.reading.endings import Ending
from asterism.kernel.llm.time_limits import timed


@dataclass(slots=True)
class Scripted:
    """One answer: its pieces, then its end or a failure. `hold` keeps it from ending until it is set.

    A piece is text, a thought, or a call; calls that follow each other are parallel.
    """

    pieces: tuple[str | Thought | ToolCall, ...] = ()
    reason: FinishReason = "end"
    usage: Usage = field(default_factory=lambda: Usage(10, 5, reported=True))
    failure: FailureKind | None = None
    retry_after: float | None = None
    hold: asyncio.Event | None = None


class ScriptedModels:
    """The port `Models` from a script: a queue of answers (`play`), or a function from request to answer.

    Who asks in parallel takes queued answers in any order; `answer` tells askers apart by what they ask. `requests` are
    all requests so far; `closed` those whose reader left before the end.
    """

    def __init__(self, answer: Callable[[Request], Scripted] | None = None) -> None:
        self._queue: deque[Scripted] = deque()
        self.answer = answer
        self.requests: list[Request] = []
        self.closed: list[Request] = []

    def play(self, *answers: Scripted | str) -> None:
        """Queue answers; a text is one whole answer."""
        self._queue.extend(Scripted((a,)) if isinstance(a, str) else a for a in answers)

    async def start(self) -> None:
        """Nothing to load."""

    async def stop(self) -> None:
        """Nothing to close."""

    def parts(self, request: Request) -> AsyncGenerator[AnswerPart, None]:
        """Yield the next scripted answer."""
        return timed(self._parts(request), request.limits, request.target.provider)

    def stream(self, request: Request) -> AsyncGenerator[Part, None]:
        """Yield the text of the next scripted answer."""
        return text_alone(self.parts(request), request.target.provider)

    async def complete(self, request: Request) -> Completion:
        """Return the next scripted answer."""
        return await collect(self.parts(request), request, request.target.provider)

    async def _parts(self, request: Request) -> AsyncGenerator[AnswerPart, None]:
        self.requests.append(request)
        script = self._queue.popleft() if self._queue else self.answer(request) if self.answer else Scripted(("ok",))
        answer = Assembly(request.target.provider)
        ended = False
        try:
            for number, piece in enumerate(script.pieces):
                for part in _played(answer, number, piece):
                    yield part
                    await asyncio.sleep(0)
            if script.hold is not None:
                await script.hold.wait()
            ended = True
            if script.failure is not None:
                raise self._failure(request, script.failure, script.retry_after)
            for part in _end(answer, script):
                yield part
        except Broken as error:
            raise self._failure(request, error.kind, None) from None
        finally:
            if not ended:
                self.closed.append(request)

    def _failure(self, request: Request, kind: FailureKind, retry_after: float | None) -> ModelFailure:
        return ModelFailure(kind, name=request.target.provider, model=request.target.model, retry_after=retry_after)


def _played(answer: Assembly, number: int, piece: str | Thought | ToolCall) -> list[AnswerPart]:
    """Play one piece; the arguments of a call come in two."""
    if isinstance(piece, str):
        answer.text(piece)
    elif isinstance(piece, Thought):
        answer.thought(piece.text, piece.signature, hidden=piece.hidden)
    else:
        half = len(piece.json) // 2
        answer.call(number, piece.name, piece.id, piece.signature)
        answer.arguments(number, piece.json[:half])
        answer.arguments(number, piece.json[half:])
        answer.end_call(number)
    return answer.take()


def _end(answer: Assembly, script: Scripted) -> list[AnswerPart]:
    answer.ending = Ending.MAX_TOKENS if script.reason == "max_tokens" else Ending.END
    answer.end(script.usage)
    return answer.take()
