"""A session whose agent runs in this process: what the agent calls to tell, to ask and to end."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any, Literal, Self, TypeAlias

import structlog

from asterism.base.errors import DomainError
from asterism.base.ids import ulid
from asterism.kernel.agents.events import (
    AgentEvent,
    Ended,
    Inquiry,
    MessageInfo,
    MessageTime,
    MessageUpdated,
    PartUpdated,
    Question,
    QuestionAsked,
    QuestionRejected,
    QuestionReplied,
    ReasoningPart,
    TextPart,
    ToolPart,
    ToolState,
    inquiries,
)
from asterism.kernel.agents.outbox import Outbox
from asterism.kernel.agents.port import QuestionClosed
from asterism.kernel.llm import ModelFailure, Usage, summed

log = structlog.get_logger(__name__)
Answers: TypeAlias = tuple[tuple[str, ...], ...]


class TurnFailed(Exception):
    """The turn cannot go on; the text is for people."""


class Rejected(Exception):
    """The question was closed without an answer: the turn ends."""


class LocalSession:
    """Runs `work(session)` as a task and implements the port for it. Use as a context manager."""

    def __init__(self, work: Callable[["LocalSession"], Awaitable[None]]) -> None:
        self.id = f"ses_{ulid()}"
        self.usage = Usage()
        self._work = work
        self._outbox = Outbox()
        self._open: dict[str, asyncio.Future[Answers | None]] = {}
        self._message: Message | None = None
        self._task: asyncio.Task[None] | None = None
        self._running = asyncio.Event()
        self._cancelled = False

    async def __aenter__(self) -> Self:
        """Begin to work."""
        self._task = asyncio.create_task(self._run())
        await self._running.wait()  # a task that is cancelled before its first step would tell nothing
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the work, whatever it is at, and wait until it has cleaned up."""
        await self.abort()
        if self._task is not None:
            await asyncio.wait({self._task})

    def events(self) -> AsyncGenerator[AgentEvent, None]:
        """See `port.AgentSession.events`."""
        return self._outbox.read()

    async def answer(self, question_id: str, answers: Sequence[Sequence[str]]) -> None:
        """See `port.AgentSession.answer`."""
        given = tuple(tuple(texts) for texts in answers)
        self._close(question_id, given)
        self.tell(QuestionReplied(self.id, question_id, [list(texts) for texts in given]))

    async def reject(self, question_id: str) -> None:
        """See `port.AgentSession.reject`."""
        self._close(question_id, None)
        self.tell(QuestionRejected(self.id, question_id))

    async def abort(self) -> None:
        """See `port.AgentSession.abort`."""
        if self._task is not None and not self._cancelled:
            self._cancelled = True  # a second cancellation would break into the cleaning up
            self._task.cancel()

    def tell(self, event: AgentEvent) -> None:
        """Tell the reader."""
        self._outbox.put(event)

    async def taken(self) -> None:
        """Wait until the reader has done what it does with the events so far."""
        await self._outbox.taken()

    def begin(self) -> "Message":
        """Begin a message."""
        self._message = Message(self)
        return self._message

    def count(self, usage: Usage) -> None:
        """Add the tokens of one answer of the model to those of the turn."""
        self.usage = summed((self.usage, usage))

    async def ask(self, questions: Sequence[Inquiry]) -> Answers:
        """Ask, and wait for the answers as long as it takes. Raises Rejected."""
        question = Question(f"que_{ulid()}", self.id, inquiries(list(questions)))
        waiting: asyncio.Future[Answers | None] = asyncio.get_running_loop().create_future()
        self._open[question.id] = waiting
        self.tell(QuestionAsked(question))
        answers = await waiting
        if answers is None:
            raise Rejected
        return answers

    def _close(self, question_id: str, answers: Answers | None) -> None:
        waiting = self._open.pop(question_id, None)
        if waiting is None or waiting.done():
            raise QuestionClosed
        waiting.set_result(answers)

    async def _run(self) -> None:
        reason: Literal["done", "aborted", "failed"] = "done"
        error: str | None = None
        self._running.set()
        try:
            await self._work(self)
        except Rejected:
            pass
        except asyncio.CancelledError:
            reason = "aborted"
        except (ModelFailure, DomainError, TurnFailed) as failure:
            reason, error = "failed", _text(failure)
        except Exception as failure:
            log.exception("agent.failed", agent="builtin")
            reason, error = "failed", f"The agent failed with an error of its own ({type(failure).__name__})."
        for question_id in list(self._open):
            self._open.pop(question_id).cancel()
            self.tell(QuestionRejected(self.id, question_id))
        if self._message is not None:
            self._message.end("stop" if reason == "done" else "error")
        self.tell(Ended(reason, error, self.usage))


def _text(failure: Exception) -> str:
    hint = getattr(failure, "hint", None)
    return f"{failure} {hint}" if hint else str(failure)


class Message:
    """One message that is being written: the shapes and the order of its events."""

    def __init__(self, session: LocalSession) -> None:
        self.id = f"msg_{ulid()}"
        self._session = session
        self._created = time.time_ns() // 1_000_000
        self._ended = False
        self._text: TextPart | ReasoningPart | None = None
        self._calls: dict[str, ToolPart] = {}
        self._tell_info(None)

    def text(self, delta: str) -> None:
        """Add to the answer. Text after a thought or a call is a part of its own."""
        self._grow(TextPart, delta)

    def thought(self, delta: str) -> None:
        """Add to what the model thinks."""
        self._grow(ReasoningPart, delta)

    def call(self, call_id: str, tool: str, status: Literal["pending", "running"], given: dict[str, Any]) -> None:
        """Tell of a call that is being written or run."""
        self._text = None
        part = self._calls.get(call_id)
        part_id = part.id if part else f"prt_{ulid()}"
        self._put(ToolPart(part_id, self._session.id, self.id, tool, call_id, ToolState(status, given)))

    def called(
        self,
        call_id: str,
        output: str,
        *,
        failed: bool,
        title: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Tell how a call has ended; once for each."""
        part = self._calls[call_id]
        state = ToolState(
            "error" if failed else "completed", part.state.input, output, output if failed else None, title, metadata
        )
        self._put(ToolPart(part.id, part.session_id, part.message_id, part.tool, call_id, state))

    def end(self, finish: str) -> None:
        """End the message; calls that have no end yet were broken off. Once is enough."""
        if self._ended:
            return
        self._ended = True
        for call_id, part in self._calls.items():
            if part.state.status in ("pending", "running"):
                self.called(call_id, "The call was broken off.", failed=True)
        self._tell_info(finish)

    def _grow(self, kind: type[TextPart] | type[ReasoningPart], delta: str) -> None:
        part = self._text
        if not isinstance(part, kind):
            part = kind(f"prt_{ulid()}", self._session.id, self.id, "")
        self._text = kind(part.id, part.session_id, part.message_id, part.text + delta)
        self._session.tell(PartUpdated(self._text, delta))

    def _put(self, part: ToolPart) -> None:
        self._calls[part.call_id] = part
        self._session.tell(PartUpdated(part))

    def _tell_info(self, finish: str | None) -> None:
        times = MessageTime(self._created, time.time_ns() // 1_000_000 if finish else None)
        self._session.tell(MessageUpdated(MessageInfo(self.id, self._session.id, "assistant", times, finish)))
