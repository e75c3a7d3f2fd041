"""One turn as the host performs it: a working copy, an agent in it, and what it tells (Fastest 8.5).

What follows the turn's end (its files) is `collecting`.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from asterism.base.errors import DomainError
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Scope
from asterism.features.talk.catalogue import Chosen
from asterism.features.talk.conversations import grants, store, turn_rows
from asterism.features.talk.conversations.checkpoints import Checker
from asterism.features.talk.conversations.costs import spent
from asterism.features.talk.conversations.events import Frame
from asterism.features.talk.conversations.masker import Masker
from asterism.features.talk.conversations.models import (
    CANCELLED,
    DONE,
    Conversation,
    Message,
    Outcome,
    TurnUsage,
)
from asterism.features.talk.conversations.questions import Asking
from asterism.features.talk.conversations.sentences import Titling
from asterism.features.talk.conversations.teller import Teller
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
    asking: Asking = field(init=False)
    _used: Usage = field(default_factory=Usage)

    def __post_init__(self) -> None:
        """Make what asks."""
        ports, begun = self.ports, self.begun
        self.asking = Asking(ports.db, ports.streams, begun.conversation, begun.turn, self.place, self.paused)

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
            self.asking.end()
            self.gone.set()
        return DONE

    async def _work(self) -> None:
        ports, begun = self.ports, self.begun
        waiting = ports.agents.claim_folder(begun.chosen.target, ports.url) if begun.resumption is None else None
        copy = await asyncio.to_thread(self._copy, waiting)
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
                self.asking.session = session
                await self._follow(session, checker)
        finally:
            if self.asking.session is not None:
                self._used = self.asking.session.usage
            self.asking.session = None
            if titling is not None and not titling.done():
                titling.cancel()
            await asyncio.shield(ports.db.run(identity.end_agent_token, token.id))

    def _copy(self, waiting: Path | None) -> workcopies.WorkingCopy:
        """Return the turn's working copy: the one it had before a restart, or one made of where an agent waits."""
        copies, begun = self.ports.copies, self.begun
        with suppress(workcopies.UnknownCopy):
            return copies.find(begun.turn.id)
        caller = identity.acting_for(begun.conversation.owner_user_id)
        return copies.open(caller, self._workspace, begun.turn.id, folder=waiting)

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
                    began, waits = loop.time(), self.asking.waits
                    await self._some_news(coming, None if waits else min(left, quiet))
                    if waits:
                        quiet = self.ports.limits.idle
                        continue
                    left -= loop.time() - began
                    quiet -= loop.time() - began
                    if not coming.done() and not self.asking.waits:
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
        self.asking.resumed.clear()
        resumed = asyncio.create_task(self.asking.resumed.wait())
        either: set[asyncio.Future[Any]] = {coming, resumed}
        try:
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            resumed.cancel()

    async def _take(self, event: AgentEvent, teller: Teller) -> None:
        if isinstance(event, agents.QuestionAsked):
            await self.asking.asked(event.question)
        elif isinstance(event, agents.QuestionReplied | agents.QuestionRejected):
            await self.asking.closed(event.request_id)
        elif not isinstance(event, Ended):
            await teller.take(event)

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
