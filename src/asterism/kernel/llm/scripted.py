"""The memory fake: answers from a script, and remembers what it was asked."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from asterism.kernel.llm.collect import collect
from asterism.kernel.llm.failures import FailureKind, ModelFailure
from asterism.kernel.llm.models import Completion, Delta, Finish, FinishReason, Part, Request, Usage
from asterism.kernel.llm.timing import timed


@dataclass(slots=True)
class Scripted:
    """One answer: its pieces, then its end or a failure. `hold` keeps it from ending until it is set."""

    pieces: tuple[str, ...] = ()
    reason: FinishReason = "end"
    usage: Usage = field(default_factory=lambda: Usage(10, 5, reported=True))
    failure: FailureKind | None = None
    retry_after: float | None = None
    hold: asyncio.Event | None = None


class ScriptedModels:
    """The port `Models` from a script: a queue of answers (`play`), or a function from request to answer.

    `requests` are all requests so far; `closed` those whose reader left before the end.
    """

    def __init__(self, answer: Callable[[Request], Scripted] | None = None) -> None:
        self._queue: deque[Scripted] = deque()
        self._answer = answer
        self.requests: list[Request] = []
        self.closed: list[Request] = []

    def play(self, *answers: Scripted | str) -> None:
        """Queue answers; a text is one whole answer."""
        self._queue.extend(Scripted((a,)) if isinstance(a, str) else a for a in answers)

    async def start(self) -> None:
        """Nothing to load."""

    async def stop(self) -> None:
        """Nothing to close."""

    def stream(self, request: Request) -> AsyncGenerator[Part, None]:
        """Yield the next scripted answer."""
        return timed(self._parts(request), request.limits, request.target.provider)

    async def complete(self, request: Request) -> Completion:
        """Return the next scripted answer."""
        return await collect(self.stream(request), request, request.target.provider)

    async def _parts(self, request: Request) -> AsyncGenerator[Part, None]:
        self.requests.append(request)
        script = self._queue.popleft() if self._queue else self._answer(request) if self._answer else Scripted(("ok",))
        ended = False
        try:
            for piece in script.pieces:
                yield Delta(piece)
                await asyncio.sleep(0)
            if script.hold is not None:
                await script.hold.wait()
            ended = True
            if script.failure is not None:
                raise self._failure(request, script.failure, script.retry_after)
            if not "".join(script.pieces):
                raise self._failure(request, FailureKind.EMPTY, None)
            yield Finish(script.reason, script.usage)
        finally:
            if not ended:
                self.closed.append(request)

    def _failure(self, request: Request, kind: FailureKind, retry_after: float | None) -> ModelFailure:
        return ModelFailure(kind, name=request.target.provider, model=request.target.model, retry_after=retry_after)
