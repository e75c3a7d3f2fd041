"""Answering a message: one run per session at a time, which goes on when its reader leaves.

Source: Stargazer 4.1, 4.2. The events of a run are kept in memory while it lasts; only the answer is stored.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import structlog

from asterism.base.errors import DomainError
from asterism.features.review.local_chats import store
from asterism.features.review.local_chats.context import HISTORY_BYTES, SMALLER_HISTORIES, build_context
from asterism.features.review.local_chats.errors import MessageNotSaved, SessionBusy, UnknownSession
from asterism.features.review.local_chats.mask import MaskedText
from asterism.features.review.local_chats.models import LONGEST_MESSAGE, Message
from asterism.features.review.local_chats.service import add_message
from asterism.kernel.db import Database, Tx
from asterism.kernel.llm import Delta, FailureKind, Limits, ModelFailure, Models, Request, RetryPolicy, Target

ANSWER_SECONDS = 120
ANSWER_TOKENS = 8192
LIMITS = Limits(first_token=ANSWER_SECONDS, gap=60, total=ANSWER_SECONDS)
RETRIES = RetryPolicy(pauses=(1.0, 2.0), jitter=0.2, patience=30.0)

log = structlog.get_logger("asterism.sessions")

Event = tuple[str, dict[str, Any]]


@dataclass
class ChatRun:
    """One answer being written. `events` only grows; the last one is terminal once `done`."""

    session_id: str
    events: list[Event] = field(default_factory=list)
    done: bool = False
    deleted: bool = False
    task: "asyncio.Task[None] | None" = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, kind: str, data: dict[str, Any], *, last: bool = False) -> None:
        """Add an event and wake every reader."""
        self.events.append((kind, data))
        self.done = last
        self._news.set()

    async def follow(self) -> AsyncGenerator[Event, None]:
        """Yield all events from the first to the terminal one. Leaving it does not stop the run."""
        seen = 0
        while True:
            while seen < len(self.events):
                yield self.events[seen]
                seen += 1
            if self.done:
                return
            self._news.clear()
            if seen == len(self.events):
                await self._news.wait()


class Chats:
    """The answers being written in this process."""

    def __init__(self, db: Database, models: Models, *, retries: RetryPolicy = RETRIES) -> None:
        self._db = db
        self._models = models
        self._retries = retries
        self._runs: dict[str, ChatRun] = {}

    async def require_session(self, session_id: str) -> None:
        """Raise UnknownSession (code `SESSION_NOT_FOUND`) unless the session exists."""
        if await self._db.run_read(store.session, session_id) is None:
            raise UnknownSession(code="SESSION_NOT_FOUND")

    async def start(self, session_id: str, message: str, target: Target) -> ChatRun:
        """Store the user's message and begin to answer it.

        Raises SessionBusy, UnknownSession, or MessageNotSaved when the message could not be stored.
        """
        if session_id in self._runs:
            raise SessionBusy
        run = self._runs[session_id] = ChatRun(session_id)
        try:
            history = await self._db.run(_take_message, session_id, message)
        except UnknownSession as error:
            del self._runs[session_id]
            raise UnknownSession(code="SESSION_NOT_FOUND") from error
        except Exception as error:
            del self._runs[session_id]
            raise MessageNotSaved("The message could not be stored.") from error
        run.task = asyncio.create_task(self._answer(run, history, message, target), name=f"chat-{session_id}")
        return run

    async def stop(self, session_id: str) -> None:
        """End the answer of a session that is being deleted."""
        run = self._runs.get(session_id)
        if run is not None and run.task is not None:
            run.deleted = True
            run.task.cancel()
            await asyncio.wait({run.task})

    async def close(self) -> None:
        """End every answer; their readers get an error event."""
        tasks = {run.task for run in self._runs.values() if run.task is not None}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _answer(self, run: ChatRun, history: list[Message], message: str, target: Target) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                text, truncated = await self._ask(run, history, message, target)
            await self._db.run(add_message, run.session_id, role="assistant", content=text)
            run.tell("complete", {"content": text, "truncated": truncated}, last=True)
        except ModelFailure as failure:
            run.tell(*_failed(_CODES.get(failure.failure, "AI_ERROR"), failure.message), last=True)
        except TimeoutError:
            run.tell(*_failed("STREAM_ERROR", "The answer took too long."), last=True)
        except UnknownSession:
            run.tell(*_failed("SESSION_NOT_FOUND", "The session was deleted."), last=True)
        except asyncio.CancelledError:
            code = "SESSION_NOT_FOUND" if run.deleted else "INTERNAL_ERROR"
            text = "The session was deleted." if run.deleted else "The server is stopping."
            run.tell(*_failed(code, text), last=True)
        except DomainError as error:
            run.tell(*_failed("INTERNAL_ERROR", error.message), last=True)
        except Exception:
            log.exception("chat failed", session_id=run.session_id)
            run.tell(*_failed("INTERNAL_ERROR", "Something went wrong on the server."), last=True)
        finally:
            self._runs.pop(run.session_id, None)

    async def _ask(self, run: ChatRun, history: list[Message], message: str, target: Target) -> tuple[str, bool]:
        """Stream the answer, with less and less history as long as the model's window is too small for it."""
        for budget in (HISTORY_BYTES, *SMALLER_HISTORIES):
            system, turns = await asyncio.to_thread(build_context, history, message, budget=budget)
            request = Request(target, turns, system, max_output_tokens=ANSWER_TOKENS, limits=LIMITS)
            try:
                return await self._try(run, request)
            except ModelFailure as failure:
                if failure.failure is not FailureKind.CONTEXT_TOO_LONG or run.events or len(turns) == 1:
                    raise
        raise RuntimeError("the last try had no history left")

    async def _try(self, run: ChatRun, request: Request) -> tuple[str, bool]:
        """Stream the model's answer into the run; return the text and whether it was cut. Raises ModelFailure."""
        attempt = 1
        while True:
            try:
                return await self._stream(run, request)
            except ModelFailure as failure:
                pause = self._retries.pause(failure, attempt)
                if pause is None or run.events:
                    raise
                attempt += 1
                await asyncio.sleep(pause)

    async def _stream(self, run: ChatRun, request: Request) -> tuple[str, bool]:
        masked = MaskedText()
        size, truncated = 0, False
        parts = self._models.stream(request)
        try:
            async for part in parts:
                if not isinstance(part, Delta):
                    truncated = part.reason == "max_tokens"
                    continue
                fitting = _first_bytes(part.text, LONGEST_MESSAGE - size)
                size += len(fitting.encode())
                _tell_chunk(run, masked.feed(fitting))
                if fitting != part.text:
                    truncated = True
                    break
        finally:
            await parts.aclose()
        _tell_chunk(run, masked.finish())
        return masked.text, truncated


_CODES = {
    FailureKind.RATE_LIMITED: "RATE_LIMITED",
    FailureKind.TIMEOUT: "STREAM_ERROR",
    FailureKind.INTERRUPTED: "STREAM_ERROR",
}


def _take_message(tx: Tx, session_id: str, text: str) -> list[Message]:
    """Store the user's message and return what came before it."""
    history = store.messages(tx, session_id)
    add_message(tx, session_id, role="user", content=text)
    return history


def _tell_chunk(run: ChatRun, text: str) -> None:
    if text:
        run.tell("chunk", {"content": text})


def _failed(code: str, message: str) -> Event:
    return "error", {"error": {"message": message, "code": code}}


def _first_bytes(text: str, budget: int) -> str:
    """Cut a text to at most `budget` bytes of UTF-8, between characters."""
    raw = text.encode()
    return text if len(raw) <= budget else raw[: max(0, budget)].decode(errors="ignore")
