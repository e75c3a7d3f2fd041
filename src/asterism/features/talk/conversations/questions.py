"""The questions of a turn that runs: told, heard of by the log, and handed to whoever asked (Fastest 8.6)."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

from asterism.base import ids
from asterism.features.talk.conversations import answer_rows, question_store
from asterism.features.talk.conversations.answer_rows import Answers
from asterism.features.talk.conversations.errors import AnswerRefused
from asterism.features.talk.conversations.events import AgentTold
from asterism.features.talk.conversations.models import BY_SERVER, Conversation, Message, Question
from asterism.kernel import agents
from asterism.kernel.agents import AgentSession
from asterism.kernel.db import Database
from asterism.kernel.runs import Place
from asterism.kernel.streams import Streams


@dataclass(slots=True)
class Asking:
    """What a turn asks, and what the server asks in it. `session` is the agent that waits for answers, while it works.

    As long as a question is open the turn takes no `place` of those that work; `paused` is called then, and `resumed`
    is set when none is open any more.
    """

    db: Database
    streams: Streams
    conversation: Conversation
    turn: Message
    place: Place
    paused: Callable[[], None]
    session: AgentSession | None = None
    resumed: asyncio.Event = field(default_factory=asyncio.Event)
    _over: bool = False
    _open: dict[str, Question] = field(default_factory=dict)
    _deliveries: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    _hearing: set["asyncio.Task[None]"] = field(default_factory=set)
    _inquiries: "dict[str, asyncio.Future[Answers | None]]" = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether a question is open."""
        return bool(self._open)

    def end(self) -> None:
        """Wait for nothing more: the turn has ended."""
        self._over = True
        for task in (*self._hearing, *self._deliveries.values()):
            task.cancel()
        for inquiry in self._inquiries.values():
            inquiry.cancel()

    async def inquire(self, inquiry: agents.Inquiry) -> Answers | None:
        """Ask on the server's own behalf; None when it is rejected, or the turn ends first."""
        asked = agents.Question(f"{BY_SERVER}inquiry:{ids.uuid4()}", self.turn.id, [inquiry])
        answers = self._inquiries[asked.id] = asyncio.get_running_loop().create_future()
        question: Question | None = None
        try:
            question = await self.asked(asked)
            return None if question is None else await answers
        except asyncio.CancelledError:
            if not answers.cancelled():
                raise  # whoever called is gone
            return None
        finally:
            self._inquiries.pop(asked.id, None)
            if question is not None and question.id in self._open and not self._over:
                await asyncio.shield(self.closed(asked.id))

    async def asked(self, asked: agents.Question) -> Question | None:
        """Tell a question; from then on the turn takes no place of those that work. None when the turn has ended."""
        await self.streams.flush()
        question = await self.db.run(answer_rows.ask, self.streams, self.turn, asked)
        if question is None:
            return None
        if not self._open:
            self.place.pause()
            self.paused()
        self._open[question.id] = question
        self._hearing.add(asyncio.create_task(self._hear(question)))
        return question

    async def _hear(self, question: Question) -> None:
        """Wait until the log tells that the question is closed, by whatever process, and hand it to the agent."""
        streams, stream = self.streams, self.conversation.stream
        after = self.turn.log_start
        async with aclosing(streams.subscribe(stream, after)) as log_:
            async for event in log_:
                told = event.fact(AgentTold)
                if told is None or told.kind not in ("question.replied", "question.rejected"):
                    continue
                if told.properties["requestID"] == question.id:
                    with suppress(AnswerRefused):
                        await self.deliver(question.id)
                    if question.id not in self._open:
                        return

    async def deliver(self, question_id: str) -> None:
        """Hand what closed a question to the agent, once. Raises AnswerRefused; then the question is open again."""
        task = self._deliveries.get(question_id)
        if task is None or task.done():
            if question_id not in self._open:
                return
            task = self._deliveries[question_id] = asyncio.create_task(self._deliver(question_id))
        await asyncio.shield(task)

    async def _deliver(self, question_id: str) -> None:
        question = await self.db.run_read(question_store.question, self.conversation.id, question_id)
        session = self.session
        if question is None or question.status == "pending":
            return
        if question.agent_id in self._inquiries:
            self._tell_inquirer(question)
            return
        if session is None:
            return
        try:
            if question.status == "answered":
                await session.answer(question.agent_id, question.answers or ())
            else:
                await session.reject(question.agent_id)
        except agents.AnswerRefused:
            await self.db.run(answer_rows.reopen, self.streams, question)
            raise AnswerRefused from None
        except agents.QuestionClosed:
            pass  # it has ended by itself, or knows the answer already
        self._no_longer(question_id)

    def _tell_inquirer(self, question: Question) -> None:
        answers = self._inquiries.get(question.agent_id)
        if answers is not None and not answers.done():
            answers.set_result(question.answers)
        self._no_longer(question.id)

    async def closed(self, agent_id: str) -> None:
        """Note that the agent takes a question for closed, which it may do by itself."""
        question = next((one for one in self._open.values() if one.agent_id == agent_id), None)
        if question is not None:
            await self.db.run(answer_rows.close_by_agent, self.streams, question)
            self._no_longer(question.id)

    def _no_longer(self, question_id: str) -> None:
        if self._open.pop(question_id, None) is not None and not self._open:
            self.place.resume()
            self.resumed.set()
