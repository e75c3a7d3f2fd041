"""One answer in a session, as the run host performs it (Stargazer 4.1, 4.2)."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import structlog

from asterism.base.errors import DomainError
from asterism.features.review.local_chats.context import HISTORY_BYTES, SMALLER_HISTORIES, build_context
from asterism.features.review.local_chats.errors import UnknownSession
from asterism.features.review.local_chats.events import (
    AnswerCause,
    AnswerChunk,
    AnswerComplete,
    AnswerError,
    AnswerEvent,
)
from asterism.features.review.local_chats.mask import MaskedText
from asterism.features.review.local_chats.models import LONGEST_MESSAGE, Message
from asterism.features.review.local_chats.service import add_message
from asterism.kernel.db import Tx
from asterism.kernel.llm import Delta, FailureKind, Limits, ModelFailure, Models, Request, RetryPolicy, Target, asked
from asterism.kernel.runs import BrokenOff, Done, Ending, Stopped
from asterism.kernel.streams import Streams

ANSWER_SECONDS = 120
ANSWER_TOKENS = 8192
LIMITS = Limits(first_token=ANSWER_SECONDS, gap=60, total=ANSWER_SECONDS)
STREAM = "local-answer/"
CODES = {
    FailureKind.RATE_LIMITED: "RATE_LIMITED",
    FailureKind.TIMEOUT: "STREAM_ERROR",
    FailureKind.INTERRUPTED: "STREAM_ERROR",
}

log = structlog.get_logger("asterism.sessions")


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be answered: a message, what came before it in its session, and whom to ask."""

    session_id: str
    message: str
    history: Sequence[Message]
    target: Target


@dataclass(slots=True)
class SessionAnswer:
    """The work on one answer. What readers were told cannot be taken back, so nobody asks again after that."""

    id: str
    question: Question
    streams: Streams
    models: Models
    retries: RetryPolicy
    opening: Sequence[AnswerEvent] = ()
    _told: bool = False
    _request: Request = field(init=False)
    _smaller: Iterator[int] = field(default_factory=lambda: iter(SMALLER_HISTORIES))

    @property
    def stream(self) -> str:
        """The name of its stream."""
        return streams_of(self.question.session_id) + self.id

    async def perform(self) -> AnswerComplete:
        """Ask, with less and less history as long as the model's window is too small for it.

        Raises ModelFailure, or TimeoutError after two minutes.
        """
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._prepare(HISTORY_BYTES)
            return await asked(self._ask, self.retries, told=lambda: self._told, remedy=self._with_less)

    async def _prepare(self, budget: int) -> None:
        question = self.question
        system, turns = await asyncio.to_thread(build_context, question.history, question.message, budget=budget)
        self._request = Request(question.target, turns, system, max_output_tokens=ANSWER_TOKENS, limits=LIMITS)

    async def _with_less(self, failure: ModelFailure) -> bool:
        if failure.failure is not FailureKind.CONTEXT_TOO_LONG or len(self._request.turns) == 1:
            return False
        budget = next(self._smaller, None)
        if budget is None:
            return False
        await self._prepare(budget)
        return True

    async def _ask(self) -> AnswerComplete:
        """Ask once and tell what comes, up to the longest message."""
        masked = MaskedText()
        room, truncated = LONGEST_MESSAGE, False
        async with aclosing(self.models.stream(self._request)) as parts:
            async for part in parts:
                if not isinstance(part, Delta):
                    truncated = part.reason == "max_tokens"
                    continue
                fitting = first_bytes(part.text, room)
                room -= len(fitting.encode())
                await self._tell(masked.feed(fitting))
                if fitting != part.text:
                    truncated = True
                    break
        await self._tell(masked.finish())
        return AnswerComplete(masked.text, truncated)

    async def _tell(self, text: str) -> None:
        if text:
            self._told = True
            await self.streams.append(self.stream, AnswerChunk(text))

    def finish(self, tx: Tx, ending: Ending[AnswerComplete]) -> Sequence[AnswerEvent]:
        """Store the answer, where there is one; return the terminal event."""
        if not isinstance(ending, Done):
            return [failed(ending)]
        try:
            add_message(tx, self.question.session_id, role="assistant", content=ending.value.content)
        except UnknownSession:
            return [failed(BrokenOff("deleted"))]
        return [ending.value]


def streams_of(session_id: str) -> str:
    """Return what the names of the streams of a session's answers begin with."""
    return f"{STREAM}{session_id}/"


def settle(_tx: Tx, _stream: str, ending: BrokenOff | Stopped) -> Sequence[AnswerEvent]:
    """End an answer whose process is gone; nothing of it was stored."""
    return [failed(ending)]


def failed(ending: Ending[AnswerComplete]) -> AnswerError:
    """Return the terminal event of an answer that did not come about; an answer is broken off with its session."""
    if isinstance(ending, BrokenOff):
        return _error("SESSION_NOT_FOUND", "The session was deleted.")
    if isinstance(ending, Done | Stopped):
        return _error("INTERNAL_ERROR", "The server is stopping.")
    error = ending.error
    if isinstance(error, ModelFailure):
        return _error(CODES.get(error.failure, "AI_ERROR"), error.message)
    if isinstance(error, TimeoutError):
        return _error("STREAM_ERROR", "The answer took too long.")
    if isinstance(error, DomainError):
        return _error("INTERNAL_ERROR", error.message)
    log.error("chat failed", exc_info=error)
    return _error("INTERNAL_ERROR", "Something went wrong on the server.")


def _error(code: str, message: str) -> AnswerError:
    return AnswerError(AnswerCause(message, code))


def first_bytes(text: str, budget: int) -> str:
    """Cut a text to at most `budget` bytes of UTF-8, between characters."""
    raw = text.encode()
    return text if len(raw) <= budget else raw[: max(0, budget)].decode(errors="ignore")
