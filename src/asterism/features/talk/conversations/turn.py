"""One turn as the host performs it: a working copy, an agent in it, and what it tells (Fastest 8.5).

What follows the turn's end (its files) is `collecting`.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any

import structlog

from asterism.base import ids
from asterism.base.errors import DomainError
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Scope
from asterism.features.talk.catalogue import Chosen
from asterism.features.talk.conversations import answering, grants, question_store, store, turn_rows
from asterism.features.talk.conversations.answering import Answers
from asterism.features.talk.conversations.checking import Checker
from asterism.features.talk.conversations.errors import AnswerRefused
from asterism.features.talk.conversations.events import AgentTold, Frame
from asterism.features.talk.conversations.masking import Masker
from asterism.features.talk.conversations.models import (
    BY_SERVER,
    CANCELLED,
    DONE,
    Conversation,
    Message,
    Outcome,
    Question,
    TurnUsage,
)
from asterism.features.talk.conversations.spending import spent
from asterism.features.talk.conversations.telling import Teller
from asterism.features.talk.conversations.titling import Titling
from asterism.features.versions import workcopies
from asterism.kernel import agents
from asterism.kernel.agents import AgentEvent, AgentJob, Agents, AgentSession, Ended, Lookup, Resumption, Said
from asterism.kernel.db import Database, Tx
from asterism.kernel.llm import Usage
from asterism.kernel.runs import BrokenOff, Done, Ending, Failed, Place
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Fact, Streams

log = structlog.get_logger("asterism.turns")
TURN_STREAM = "turn:"
HISTORY = 200
AGENT_FAULT = "The agent failed with an error of the server's own. The server's log says more."


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """How long a turn may take, and how long its agent may tell nothing, in seconds; waiting does not count."""

    turn: float = 1800.0
    idle: float = 600.0


def no_lookups(_conversation: Conversation, _workspace_id: str) -> tuple[Lookup, ...]:
    """Offer agents nothing."""
    return ()


@dataclass(slots=True)
class TurnPorts:
    """What turns need of the server. `url` is where agents find the API, `lookups` what they may look up there."""

    db: Database
    streams: Streams
    agents: Agents
    copies: workcopies.WorkingCopies
    secrets: Secrets
    limits: TurnLimits
    url: str
    lookups: Callable[[Conversation, str], tuple[Lookup, ...]] = no_lookups


@dataclass(frozen=True, slots=True)
class Begun:
    """A turn that has begun, with what its agent is given. Kept in memory only: it holds the key."""

    conversation: Conversation
    turn: Message
    prompt: str
    history: tuple[Said, ...]
    chosen: Chosen
    resumption: Resumption | None
    titling: Titling | None


class TurnFailed(Exception):
    """The turn cannot go on; the text is for people."""


@dataclass(slots=True)
class Turn:
    """The work of one turn. `ended(message_id)` is called after the commit of its end, from any thread."""

    begun: Begun
    ports: TurnPorts
    place: Place
    paused: Callable[[], None]
    ended: Callable[[str], None]
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    masker: Masker = field(default_factory=Masker)
    _masked: tuple[str, ...] = ()
    started: bool = False
    opening: Sequence[Fact] = ()
    _session: AgentSession | None = None
    _used: Usage = field(default_factory=Usage)
    _open: dict[str, Question] = field(default_factory=dict)
    _deliveries: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    _hearing: set["asyncio.Task[None]"] = field(default_factory=set)
    _inquiries: "dict[str, asyncio.Future[Answers | None]]" = field(default_factory=dict)
    _resumed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def message_id(self) -> str:
        """The assistant message that it writes."""
        return self.begun.turn.id

    @property
    def stream(self) -> str:
        """The name of the run."""
        return stream_of(self.begun.turn)

    @property
    def _workspace(self) -> str:
        """The workspace it works in: that of the moment when it began."""
        return self.begun.turn.workspace_id or self.begun.conversation.workspace_id

    async def perform(self) -> Outcome:
        """Let the agent work until it has ended."""
        self.started = True
        try:
            await self._work()
        except TurnFailed as failure:
            return Outcome("failed", str(failure))
        except DomainError as failure:
            return Outcome("failed", f"{failure.message} {failure.hint}" if failure.hint else failure.message)
        finally:
            waiting: list[asyncio.Future[Any]] = [*self._hearing, *self._deliveries.values()]
            for future in (*waiting, *self._inquiries.values()):
                future.cancel()
            self.gone.set()
        return DONE

    async def _work(self) -> None:
        ports, begun = self.ports, self.begun
        copy = await asyncio.to_thread(self._copy)
        checker = Checker(
            ports.db, ports.copies, begun.conversation, self.message_id, copy, self._tell, ports.streams.flush
        )
        await checker.start()
        values = await ports.db.run_read(self._granted)
        token = await ports.db.run(self._token)
        titling = asyncio.create_task(begun.titling.run()) if begun.titling is not None else None
        job = AgentJob(
            copy.folder,
            begun.prompt,
            begun.chosen.target,
            begun.history,
            {**values, "ASTERISM_URL": ports.url, "ASTERISM_TOKEN": token.text},
            resumption=begun.resumption,
            lookups=ports.lookups(begun.conversation, self._workspace),
            conversation=begun.conversation.id,
        )
        try:
            async with ports.agents.open(job) as session:
                self._session = session
                await self._follow(session, checker)
        finally:
            if self._session is not None:
                self._used = self._session.usage
            self._session = None
            if titling is not None and not titling.done():
                titling.cancel()
            await asyncio.shield(ports.db.run(identity.end_agent_token, token.id))

    def _copy(self) -> workcopies.WorkingCopy:
        """Return the turn's working copy, the one it had before a restart if it is there."""
        copies, turn = self.ports.copies, self.begun.turn
        with suppress(workcopies.UnknownCopy):
            return copies.find(turn.id)
        return copies.open(identity.acting_for(self.begun.conversation.owner_user_id), self._workspace, turn.id)

    def _granted(self, tx: Tx) -> dict[str, str]:
        """Return the values that the turn was granted by now; from now on they are masked in what it tells."""
        turn = store.message(tx, self.message_id)
        if turn is None or turn.grants == self._masked:
            return {}
        conversation = self.begun.conversation
        caller = identity.acting_for(conversation.owner_user_id)
        found = grants.values_of(tx, self.ports.secrets, caller, conversation.project_id, turn)
        self.masker.add(one.value for one in found)
        self._masked = turn.grants
        return {one.key: one.value for one in found}

    def _token(self, tx: Tx) -> identity.IssuedToken:
        conversation, turn = self.begun.conversation, self.begun.turn
        scope = Scope("agent", conversation.project_id, self._workspace, conversation.id, turn.id)
        return identity.create_agent_token(tx, conversation.owner_user_id, scope, name="agent")

    async def _tell(self, frame: Frame) -> None:
        await self.ports.streams.tell(self.begun.conversation.stream, frame)

    async def _follow(self, session: AgentSession, checker: Checker) -> None:
        """Tell what the agent tells, to its end. Raises TurnFailed."""
        loop = asyncio.get_running_loop()
        stream = self.begun.conversation.stream
        teller = Teller(self.message_id, lambda *frames: self.ports.streams.tell(stream, *frames), now=loop.time)
        try:
            async with aclosing(session.events()) as events, aclosing(self._in_time(events)) as timely:
                async for event in timely:
                    if isinstance(event, agents.PartUpdated) and isinstance(event.part, agents.ToolPart):
                        await self.ports.db.run_read(self._granted)  # a call may show what was granted since
                    for told in self.masker.events(event):
                        await self._take(told, teller)
                    if isinstance(event, Ended):
                        await checker.take()
                        if event.reason != "done":
                            raise TurnFailed(self.masker.text(event.error or "The agent stopped."))
                        return
                    call = event.ended_call if isinstance(event, agents.PartUpdated) else None
                    if call is not None:
                        await checker.take(call)
            raise TurnFailed("The agent stopped without an end.")
        finally:
            await teller.close()

    async def _in_time(self, events: AsyncGenerator[AgentEvent, None]) -> AsyncGenerator[AgentEvent, None]:
        """Yield events while the turn has time left, waiting for answers not counted. Raises TurnFailed."""
        loop, left = asyncio.get_running_loop(), self.ports.limits.turn
        while True:
            coming = asyncio.ensure_future(anext(events))
            quiet = self.ports.limits.idle
            try:
                while not coming.done():
                    began, waits = loop.time(), bool(self._open)
                    await self._some_news(coming, None if waits else min(left, quiet))
                    if waits:
                        quiet = self.ports.limits.idle
                        continue
                    left -= loop.time() - began
                    quiet -= loop.time() - began
                    if not coming.done() and not self._open:
                        _check_time(left, quiet, self.ports.limits)
                yield coming.result()
            except StopAsyncIteration:
                return
            finally:
                if not coming.done():
                    coming.cancel()
                    await asyncio.gather(coming, return_exceptions=True)

    async def _some_news(self, coming: "asyncio.Future[AgentEvent]", seconds: float | None) -> None:
        """Return when there is an event, an answer has let the agent go on, or the time is over."""
        self._resumed.clear()
        resumed = asyncio.create_task(self._resumed.wait())
        either: set[asyncio.Future[Any]] = {coming, resumed}
        try:
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            resumed.cancel()

    async def _take(self, event: AgentEvent, teller: Teller) -> None:
        if isinstance(event, agents.QuestionAsked):
            await self._asked(event.question)
        elif isinstance(event, agents.QuestionReplied | agents.QuestionRejected):
            await self._closed(event.request_id)
        elif not isinstance(event, Ended):
            await teller.take(event)

    async def inquire(self, inquiry: agents.Inquiry) -> Answers | None:
        """Ask on the server's own behalf; None when it is rejected, or the turn ends first."""
        asked = agents.Question(f"{BY_SERVER}inquiry:{ids.uuid4()}", self.message_id, [inquiry])
        answers = self._inquiries[asked.id] = asyncio.get_running_loop().create_future()
        question: Question | None = None
        try:
            question = await self._asked(asked)
            return None if question is None else await answers
        except asyncio.CancelledError:
            if not answers.cancelled():
                raise  # whoever called is gone
            return None
        finally:
            self._inquiries.pop(asked.id, None)
            if question is not None and question.id in self._open and not self.gone.is_set():
                await asyncio.shield(self._closed(asked.id))

    async def _asked(self, asked: agents.Question) -> Question | None:
        """Tell a question; from then on the turn takes no place of those that work. None when the turn has ended."""
        await self.ports.streams.flush()
        question = await self.ports.db.run(answering.ask, self.ports.streams, self.begun.turn, asked)
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
        streams, stream = self.ports.streams, self.begun.conversation.stream
        after = self.begun.turn.log_start
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
        ports, conversation = self.ports, self.begun.conversation
        question = await ports.db.run_read(question_store.question, conversation.id, question_id)
        session = self._session
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
            await ports.db.run(answering.reopen, ports.streams, question)
            raise AnswerRefused from None
        except agents.QuestionClosed:
            pass  # it has ended by itself, or knows the answer already
        self._no_longer(question_id)

    def _tell_inquirer(self, question: Question) -> None:
        answers = self._inquiries.get(question.agent_id)
        if answers is not None and not answers.done():
            answers.set_result(question.answers)
        self._no_longer(question.id)

    async def _closed(self, agent_id: str) -> None:
        """Note that the agent takes a question for closed, which it may do by itself."""
        question = next((one for one in self._open.values() if one.agent_id == agent_id), None)
        if question is not None:
            await self.ports.db.run(answering.close_by_agent, self.ports.streams, question)
            self._no_longer(question.id)

    def _no_longer(self, question_id: str) -> None:
        if self._open.pop(question_id, None) is not None and not self._open:
            self.place.resume()
            self._resumed.set()

    async def left(self) -> None:
        """Return when nobody works in the working copy any more; a turn that was ended at once never did."""
        if self.started:
            await self.gone.wait()

    def finish(self, tx: Tx, ending: Ending[Outcome]) -> Sequence[Fact]:
        """Write how the turn ended; one that waits for an answer while the server stops goes on waiting."""
        message_id, streams = self.message_id, self.ports.streams
        tx.after_commit(lambda: self.ended(message_id))
        finish(tx, streams, message_id, ending, used=spent(self.begun.chosen.spec, self._used))
        return ()


def finish(
    tx: Tx, streams: Streams, message_id: str, ending: Ending[Outcome], *, used: TurnUsage | None = None
) -> None:
    """Write how a turn ended, whoever performed it, and what its agent took as far as that is known."""
    if isinstance(ending, Done):
        turn_rows.end(tx, streams, message_id, ending.value, used=used)
    elif isinstance(ending, BrokenOff):
        turn_rows.end(tx, streams, message_id, CANCELLED, by=ending.reason, used=used)
    elif isinstance(ending, Failed):
        log.error("turns.bug", turn=message_id, error=type(ending.error).__name__, exc_info=ending.error)
        turn_rows.end(tx, streams, message_id, Outcome("failed", AGENT_FAULT), used=used)
    else:
        turn_rows.park_or_fail(tx, streams, message_id, used=used)


def stream_of(turn: Message) -> str:
    """Return the name of the run that performs a turn: one for each attempt."""
    return f"{TURN_STREAM}{turn.id}:{turn.attempt}"


def turn_of(stream: str) -> str:
    """Return the turn that a run performs."""
    return stream.removeprefix(TURN_STREAM).partition(":")[0]


def _check_time(left: float, quiet: float, limits: TurnLimits) -> None:
    if left <= 0:
        raise TurnFailed(f"The turn took longer than {_spoken(limits.turn)}. Ask for less at once.")
    if quiet <= 0:
        raise TurnFailed(f"The agent told nothing for {_spoken(limits.idle)}. Try again.")


def _spoken(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes > 1 else f"{seconds:g} seconds"
