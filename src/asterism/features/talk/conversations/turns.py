"""The turns of a server: prompts come in, turns are begun in order, answered, cancelled, and their files taken over.

The database holds the queue; each process begins what it has room for. What runs is a run of the host, so that a turn
has one performer and one end whatever happens to processes (Fastest 8.4, 12.7).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from asterism.base.clock import shift
from asterism.base.errors import DomainError, ShuttingDown
from asterism.features.accounts.identity import Caller
from asterism.features.talk import catalogue
from asterism.features.talk.conversations import answer_rows, grants, question_store, store, turn_rows
from asterism.features.talk.conversations.collector import Collector
from asterism.features.talk.conversations.cuts import said_before
from asterism.features.talk.conversations.errors import UnknownMessage
from asterism.features.talk.conversations.events import ConversationCleared, MessageStatus
from asterism.features.talk.conversations.models import (
    CANCELLED,
    SYSTEM,
    USER,
    Conversation,
    Message,
    Outcome,
    Question,
    TimelineItem,
)
from asterism.features.talk.conversations.sentences import Titling, Writer
from asterism.features.talk.conversations.service import get_conversation, running_parts
from asterism.features.talk.conversations.turn import HISTORY, Begun, Turn, TurnPorts, finish, stream_of, turn_of
from asterism.features.versions.projects import EnvVar
from asterism.kernel import agents
from asterism.kernel.agents import Resumption
from asterism.kernel.background import Bell, Tasks
from asterism.kernel.db import Tx
from asterism.kernel.runs import BrokenOff, Lane, LaneFull, Place, RunHost, RunKind, Stopped
from asterism.kernel.streams import Fact

log = structlog.get_logger("asterism.turns")
LOOK_SECONDS = 5.0  # what another process has queued and cannot begin shows by then
RESCUE_SECONDS = 900.0
STOP_SECONDS = 30.0
AT_ONCE = 50
FIRST_TURN = 2  # the position of a conversation's first turn
TIER: catalogue.Tier = "balanced"


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a prompt; `position` is 0 for a turn that runs."""

    message_id: str
    running: bool
    position: int


class _NotNow(Exception):
    """Another turn is before this one, or somebody else has begun it."""


class Turns:
    """Begins and ends the turns of this process, `concurrency` at once."""

    def __init__(self, ports: TurnPorts, writer: Writer, host: RunHost, *, concurrency: int) -> None:
        self.ports, self._writer, self._host = ports, writer, host
        self._db, self._streams = ports.db, ports.streams
        self._kind = host.add(RunKind("turn", Lane(concurrency), self._settle))
        self._collector = Collector(ports, writer)
        self._performed: dict[str, Turn] = {}
        self._tasks = Tasks()
        self._news = Bell()
        self._rescued = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._dispatcher: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take over what an earlier process left: files of turns that have ended, and the queue."""
        self._loop = asyncio.get_running_loop()
        self._news.start()
        left = await self._db.run_read(store.unfinished)
        await asyncio.to_thread(self.ports.copies.sweep, {turn.id for turn in left})
        for turn in left:
            if turn.collecting and not turn.active:
                self._collect_soon(turn.id)
        await self._rescue(older=0.0)
        self._dispatcher = asyncio.create_task(self._dispatch_forever(), name="turns-dispatch")

    async def stop(self) -> None:
        """Begin nothing more, and finish taking over files. To be called when the host has stopped."""
        await self.ports.agents.stop()
        if self._dispatcher is not None:
            self._dispatcher.cancel()
            await asyncio.gather(self._dispatcher, return_exceptions=True)
        await self._tasks.ended(seconds=STOP_SECONDS)
        await self._tasks.cancel()  # the next start takes it up again

    async def send(self, caller: Caller, conversation_id: str, prompt: str, wanted: Sequence[str] = ()) -> Sent:
        """Queue a prompt, and begin its turn if nothing is before it. `wanted` are the grants that it gives.

        Raises Invalid, UnknownConversation, QueueFull, BlobsMissing, ModelNotConfigured.
        """
        turn_rows.check_prompt(prompt)
        queued = await self._db.run(self._add, caller, conversation_id, prompt, wanted, crowded=self._kind.lane.full)
        turn = queued.turn
        if not queued.told:
            if await self._begin(turn.conversation_id, turn.id):
                return Sent(turn.id, running=True, position=0)
            await self.tell_waiting(turn.conversation_id, turn.id)
        now = await self._db.run_read(store.message, turn.id)
        if now is not None and now.status != "pending":
            return Sent(turn.id, running=True, position=0)
        self._news.ring()
        return Sent(turn.id, running=False, position=queued.position)

    def _add(
        self, tx: Tx, caller: Caller, conversation_id: str, prompt: str, wanted: Sequence[str], *, crowded: bool
    ) -> turn_rows.Queued:
        queued = turn_rows.add_prompt(
            tx, self._streams, caller, conversation_id, prompt, grants=wanted, crowded=crowded
        )
        self._choose(tx, caller.user_id)
        return queued

    async def tell_waiting(self, conversation_id: str, message_id: str) -> None:
        """Tell that a turn waits, if it does: again, for clients that only know it once they have been answered."""

        def told(tx: Tx) -> None:
            conversation, turn = store.locked(tx, conversation_id), store.message(tx, message_id)
            if conversation is not None and turn is not None and turn.status == "pending":
                self._streams.append_in(tx, conversation.stream, MessageStatus(turn.id, "pending"))

        await self._db.run(told)

    async def cancel(
        self, caller: Caller, conversation_id: str, *, message_id: str | None = None, everything: bool = False
    ) -> list[str]:
        """Cancel the running turn, or the one named, or all; return those that were, once their processes are gone.

        Raises UnknownConversation, UnknownMessage.
        """
        marked, hosted = await self._db.run(self._cancel, caller, conversation_id, message_id, everything=everything)
        await asyncio.gather(*(self._host.break_off(stream_of(turn), USER) for turn in hosted))
        self._news.ring()
        ended = await self._db.run_read(_ended_by_cancel, [turn.id for turn in hosted])
        return [one for one in marked if one in ended or all(one != turn.id for turn in hosted)]

    def _cancel(
        self, tx: Tx, caller: Caller, conversation_id: str, message_id: str | None, *, everything: bool
    ) -> tuple[list[str], list[Message]]:
        """End what waits, and ask for the end of what runs; return all of it, and what of it a process performs."""
        conversation = get_conversation(tx, caller, conversation_id, lock=True)
        if message_id is not None and store.message(tx, message_id, conversation.id) is None:
            raise UnknownMessage
        turns = [turn for turn in store.active(tx, conversation.id) if turn.active]
        if not everything and message_id is not None:
            turns = [turn for turn in turns if turn.id == message_id]
        elif not everything:
            turns = [turn for turn in turns if turn.status == "running"]
        return self._broken_off(tx, turns, by=USER)

    def _broken_off(self, tx: Tx, turns: Sequence[Message], *, by: str) -> tuple[list[str], list[Message]]:
        marked, hosted = [], []
        for turn in turns:
            if turn.status == "running" and not turn.parked:
                if not self._host.request_cancel(tx, stream_of(turn), by):
                    continue  # it has just ended
                hosted.append(turn)
            else:
                turn_rows.end(tx, self._streams, turn.id, CANCELLED, by=by)
                if turn.collecting:
                    tx.after_commit(lambda id_=turn.id: self._ended(id_))  # type: ignore[misc]
            marked.append(turn.id)
        return marked, hosted

    async def end_orphans(self) -> None:
        """Cancel every turn, running, waiting or parked, whose workspace or project was deleted (Fastest 3.1)."""
        if not await self._db.run_read(store.orphans):
            return
        hosted = await self._db.run(self._orphaned)
        await asyncio.gather(*(self._host.break_off(stream_of(turn), SYSTEM) for turn in hosted))

    def _orphaned(self, tx: Tx) -> list[Message]:
        turns = sorted(store.orphans(tx), key=lambda turn: turn.status != "running")  # rows are held as an end does
        return self._broken_off(tx, turns, by=SYSTEM)[1]

    async def clear(self, caller: Caller, conversation_id: str) -> None:
        """Cancel everything, then remove all messages; timeline and files stay. Raises UnknownConversation."""
        conversation = await self._db.run_read(get_conversation, caller, conversation_id)
        await self.cancel(caller, conversation_id, everything=True)
        await self._db.run(self._clear, caller, conversation.id, conversation.next_position)

    def _clear(self, tx: Tx, caller: Caller, conversation_id: str, before: int) -> None:
        conversation = get_conversation(tx, caller, conversation_id, lock=True)
        store.remove_messages(tx, conversation.id, before)
        store.update(tx, conversation.id, {"updated_at": tx.now()})
        [cleared] = self._streams.append_in(tx, conversation.stream, ConversationCleared())
        running = [turn.log_start for turn in store.active(tx, conversation.id) if turn.status == "running"]
        self._streams.trim(tx, conversation.stream, min([cleared.seq - 1, *running]))

    async def delete(self, caller: Caller, conversation_id: str) -> None:
        """Cancel everything, then remove the conversation; who follows it hears the end. Raises UnknownConversation."""
        await self.cancel(caller, conversation_id, everything=True)
        await self._db.run(self._delete, caller, conversation_id)

    def _delete(self, tx: Tx, caller: Caller, conversation_id: str) -> None:
        conversation = get_conversation(tx, caller, conversation_id, lock=True)
        self._streams.append_in(tx, conversation.stream, close=True)
        self._streams.delete(tx, conversation.stream)
        store.delete(tx, conversation.id)

    async def answer(
        self, caller: Caller, conversation_id: str, question_id: str, answers: answer_rows.Answers | None
    ) -> None:
        """Answer a question, or reject it (None), and hand that to the agent.

        Raises UnknownConversation, UnknownQuestion, Invalid, QuestionClosed, AnswerRefused.
        """
        closed = await self._db.run(self._close, caller, conversation_id, question_id, answers)
        turn = self._performed.get(closed.message_id)
        if turn is not None:
            await turn.asking.deliver(closed.id)
        else:
            self._news.ring()  # a parked one goes on; another process hears of it by the log

    def _close(
        self, tx: Tx, caller: Caller, conversation_id: str, question_id: str, answers: answer_rows.Answers | None
    ) -> Question:
        closed = answer_rows.close(tx, self._streams, caller, conversation_id, question_id, answers)
        grants.take_answer(tx, caller.user_id, closed)
        return closed

    async def read_values(self, caller: Caller, project_id: str, keys: Sequence[str]) -> Sequence[EnvVar]:
        """Return values of env vars to the agent of a turn; its user is asked for what it was not granted.

        Raises UnknownProject, InsufficientScope, GrantRequired, SecretUnreadable.
        """
        granted = await self._db.run(grants.read_values, self._streams, self._writer.secrets, caller, project_id, keys)
        return granted.require()

    async def inquire(self, turn_id: str, inquiry: agents.Inquiry) -> answer_rows.Answers | None:
        """Ask the people of a turn's conversation on the server's own behalf, while the turn waits (Fastest 10.6).

        None when they reject it, or the turn does not run here, or ends first.
        """
        turn = self._performed.get(turn_id)
        return None if turn is None else await turn.asking.inquire(inquiry)

    async def _rescue(self, *, older: float = RESCUE_SECONDS) -> None:
        """Try again to take over the files that could not be (Fastest 12.2), and say what changes are about.

        `older`: how many seconds ago a change was made, since this or another process may be at it.
        """
        self._rescued = asyncio.get_running_loop().time()
        for copy in await asyncio.to_thread(self.ports.copies.kept):
            self._collect_soon(copy.id)
        for item in await self._db.run_read(_without_summary, older):
            self._tasks.spawn(self._summarize(item))

    async def _dispatch_forever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                await self._dispatch()
                if loop.time() - self._rescued >= RESCUE_SECONDS:
                    await self._rescue()
            except DomainError as error:
                log.warning("turns.dispatch_failed", error=error.message)
            await self._news.heard(LOOK_SECONDS)

    async def _dispatch(self) -> None:
        """Begin what may be begun, oldest first, as long as there is room."""
        for conversation_id, turn_id in await self._db.run_read(store.startable, AT_ONCE):
            if self._kind.lane.full:
                return
            await self._begin(conversation_id, turn_id)

    async def _begin(self, conversation_id: str, turn_id: str) -> bool:
        """Begin a turn; False when it has to wait. One that cannot run is ended as failed."""
        try:
            with self._host.enter(self._kind) as place:
                turn = await self._host.launch(
                    place, self._kind, lambda tx, _: self._begun(tx, conversation_id, turn_id, place)
                )
        except (LaneFull, ShuttingDown, _NotNow):
            return False
        except DomainError as error:
            log.warning("turns.not_begun", turn=turn_id, code=error.code, error=error.message)
            await self._db.run(turn_rows.end, self._streams, turn_id, Outcome("failed", error.message))
            return True
        self._performed[turn_id] = turn
        self._tasks.spawn(self._forget(turn))
        return True

    async def _forget(self, turn: Turn) -> None:
        await self._host.ended(turn.stream)
        await turn.left()
        if self._performed.get(turn.message_id) is turn:
            del self._performed[turn.message_id]

    def _begun(self, tx: Tx, conversation_id: str, turn_id: str, place: Place) -> Turn:
        found = turn_rows.begin(tx, self._streams, conversation_id, turn_id)
        if found is None:
            raise _NotNow
        conversation, message = found
        chosen = self._choose(tx, conversation.owner_user_id)
        prompt = store.prompt_of(tx, message)
        begun = Begun(
            conversation,
            message,
            prompt,
            tuple(said_before(tx, one) for one in store.history(tx, message, HISTORY)),
            chosen,
            self._resumption(tx, conversation, message),
            self._titling(tx, conversation, message, prompt),
        )
        return Turn(begun, self.ports, place, self._news.ring, self._ended)

    def _choose(self, tx: Tx, user_id: str) -> catalogue.Chosen:
        writer = self._writer
        return catalogue.choose(tx, writer.secrets, writer.directory, user_id, tier=TIER)

    def _resumption(self, tx: Tx, conversation: Conversation, message: Message) -> Resumption | None:
        """Return how a turn goes on that waited over a restart; None for one that begins."""
        if message.attempt == 1:
            return None
        known = question_store.questions(tx, conversation.id, message_id=message.id)
        asked = [one for one in known if one.topic is None]
        told = running_parts(tx, self._streams, conversation, message)
        return resumption_of(told.parts, asked[-1]) if asked else None

    def _titling(self, tx: Tx, conversation: Conversation, message: Message, prompt: str) -> Titling | None:
        if conversation.title_source != "prompt" or message.position != FIRST_TURN:
            return None
        target = self._writer.target(tx, conversation.owner_user_id)
        if target is None:
            return None
        return Titling(self._db, self._streams, self._writer, target, conversation, prompt)

    def _settle(self, tx: Tx, stream: str, ending: BrokenOff | Stopped) -> Sequence[Fact]:
        """End a turn whose process is gone, or did not end in time."""
        turn_id = turn_of(stream)
        tx.after_commit(lambda: self._ended(turn_id))
        finish(tx, self._streams, turn_id, ending)
        return ()

    def _ended(self, turn_id: str) -> None:
        """Take over the files of a turn that has ended; called from any thread, after the commit."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._collect_soon, turn_id)

    def _collect_soon(self, turn_id: str) -> None:
        self._tasks.spawn(self._collect(turn_id))

    async def _collect(self, turn_id: str) -> None:
        performed = self._performed.get(turn_id)
        if performed is not None:
            await performed.left()
        turn = await self._db.run_read(store.message, turn_id)
        if turn is not None and turn.active:
            return  # parked: its working copy waits with it
        try:
            item = await self._collector.collect(turn_id)
            self._news.ring()
            if item is not None:
                await self._summarize(item)
        except DomainError as error:
            log.warning("turns.not_collected", turn=turn_id, error=error.message)
        except Exception:
            log.exception("turns.bug", turn=turn_id)
        self._news.ring()

    async def _summarize(self, item: TimelineItem) -> None:
        try:
            await self._collector.summarize(item)
        except DomainError as error:  # the next rescue tries again
            log.warning("turns.not_summarized", turn=item.message_id, error=error.message)


def _without_summary(tx: Tx, older: float) -> Sequence[TimelineItem]:
    return question_store.without_summary(tx, shift(tx.now(), seconds=-older))


def _ended_by_cancel(tx: Tx, turn_ids: Sequence[str]) -> set[str]:
    """Return those of some turns that are cancelled; the others were done at the same moment."""
    found = [store.message(tx, turn_id) for turn_id in turn_ids]
    return {turn.id for turn in found if turn is not None and turn.status == "cancelled"}


def resumption_of(parts: Sequence[dict[str, Any]], question: Question) -> Resumption:
    """Return how an interrupted turn goes on: what it had told, what it asked, and the answer."""
    asked = agents.Question(question.agent_id, question.session_id, list(question.inquiries))
    told = tuple(msgspec.convert(part, agents.Part) for part in parts)
    return Resumption(told, asked, question.answers)
