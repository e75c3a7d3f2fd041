"""Answers in sessions as use cases: one at a time, with less history where needed, bounded, outliving their reader."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from asterism.features.review import local_chats
from asterism.features.review.local_chats import LONGEST_MESSAGE, SessionBusy, SessionRuns, UnknownSession
from asterism.features.review.local_chats.answer import ANSWER_SECONDS, LIMITS, SessionAnswer
from asterism.features.review.local_chats.session_runs import RETRIES
from asterism.kernel.db import Database
from asterism.kernel.llm import FailureKind, RetryPolicy, Scripted, ScriptedModels, Target
from asterism.kernel.runs import RunHost
from asterism.kernel.streams import MemoryStreams

TARGET = Target("gemini", "gemini-2.5-flash", "http://127.0.0.1:1/v1", "key")
Told = list[dict[str, Any]]


class World:
    """Answers around the test database, with streams in memory and a scripted model."""

    def __init__(self, db: Database, streams: MemoryStreams, *, gone: bool = False) -> None:
        self.db, self.streams, self.models = db, streams, ScriptedModels()
        self.host = RunHost(db, streams, is_gone=lambda _owner: gone)
        self.answers = SessionRuns(db, streams, self.models, self.host, retries=RetryPolicy(()))

    def session(self) -> str:
        with self.db.write() as tx:
            return local_chats.create_session(tx, project_path="/p").id

    def said(self, session: str) -> list[tuple[str, str]]:
        with self.db.read() as tx:
            return [(one.role, one.content) for one in local_chats.read_session(tx, session)[1]]

    async def ask(self, session: str, message: str = "Why?") -> Told:
        events = await self.answers.begin(session, message, TARGET)
        async with asyncio.timeout(60):
            return [msgspec.json.decode(event.tagged) async for event in events]


@asynccontextmanager
async def world(
    db: Database, streams: MemoryStreams | None = None, *, gone: bool = False, dies: bool = False
) -> AsyncIterator[World]:
    made = World(db, streams or MemoryStreams(), gone=gone)
    await made.host.start()
    yield made
    if not dies:
        await made.host.stop()


def test_an_answer_is_told_and_kept(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            session = w.session()
            w.models.play(Scripted(("Because ", "of this.")))
            assert await w.ask(session) == [
                {"type": "chunk", "content": "Because "},
                {"type": "chunk", "content": "of "},  # the rest of a line may still become a secret
                {"type": "chunk", "content": "this."},
                {"type": "complete", "content": "Because of this.", "truncated": False},
            ]
            assert w.said(session) == [("user", "Why?"), ("assistant", "Because of this.")]

    asyncio.run(main())


def test_a_session_has_one_answer_at_a_time_and_the_next_one_at_once(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            session, other = w.session(), w.session()
            go = asyncio.Event()
            w.models.play(Scripted(("slow",), hold=go), "at once")
            first = await w.answers.begin(session, "one", TARGET)
            with pytest.raises(SessionBusy):
                await w.ask(session, "two")
            assert (await w.ask(other))[-1]["content"] == "at once"
            go.set()
            async with asyncio.timeout(60):
                assert [event.type async for event in first][-1] == "complete"
            assert (await w.ask(session, "two"))[-1]["type"] == "complete"
            assert [text for role, text in w.said(session) if role == "user"] == ["one", "two"]

    asyncio.run(main())


def test_an_answer_outlives_its_reader_and_is_ended_with_its_session(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            kept, deleted = w.session(), w.session()
            go = asyncio.Event()
            w.models.play(Scripted(("so far, ", "and on"), hold=go), Scripted(("never ",), hold=asyncio.Event()))
            left = await w.answers.begin(kept, "Why?", TARGET)
            await left.aclose()
            (run,) = w.host.performed(SessionAnswer)
            go.set()
            await w.host.ended(run.stream)
            assert w.said(kept)[-1] == ("assistant", "so far, and on")
            reader = await w.answers.begin(deleted, "Why?", TARGET)
            await anext(reader)
            await w.db.run(local_chats.delete_session, deleted)
            await w.answers.stop(deleted)
            last = [msgspec.json.decode(event.data) async for event in reader][-1]
            assert last == {"error": {"message": "The session was deleted.", "code": "SESSION_NOT_FOUND"}}
            assert len(w.models.closed) == 1

    asyncio.run(main())


def test_an_answer_is_ended_through_another_process(db: Database) -> None:
    async def main() -> None:
        streams = MemoryStreams()
        async with world(db, streams) as writer, world(db, streams) as other:
            session, elsewhere = writer.session(), writer.session()
            writer.models.play(Scripted(("never ",), hold=asyncio.Event()), Scripted(("on ",), hold=asyncio.Event()))
            reader = await writer.answers.begin(session, "Why?", TARGET)
            spared = await writer.answers.begin(elsewhere, "Why?", TARGET)
            await anext(reader)
            await anext(spared)
            with pytest.raises(SessionBusy):
                await other.ask(session, "And why that?")
            assert other.said(session) == [("user", "Why?")]
            await other.db.run(local_chats.delete_session, session)
            await other.answers.stop(session)
            last = [msgspec.json.decode(event.data) async for event in reader][-1]
            assert last["error"]["code"] == "SESSION_NOT_FOUND"
            assert [run.question.session_id for run in writer.host.performed(SessionAnswer)] == [elsewhere]

    asyncio.run(main())


def test_a_session_deleted_while_its_answer_is_stored(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            session = w.session()
            go = asyncio.Event()
            w.models.play(Scripted(("well",), hold=go))
            reader = await w.answers.begin(session, "Why?", TARGET)
            await w.db.run(local_chats.delete_session, session)
            go.set()
            async with asyncio.timeout(60):
                last = [event async for event in reader][-1]
            assert msgspec.json.decode(last.data)["error"]["code"] == "SESSION_NOT_FOUND"

    asyncio.run(main())


def test_a_small_window_gets_less_history_until_none_is_left(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            session = w.session()
            with db.write() as tx:
                for index in range(3):
                    local_chats.add_message(tx, session, role="user", content=f"{index} " + "x" * 10_000)
            too_long = Scripted(failure=FailureKind.CONTEXT_TOO_LONG)
            w.models.play(*[too_long] * 4)
            assert (await w.ask(session))[-1]["error"]["code"] == "AI_ERROR"
            assert [len(request.turns) for request in w.models.requests] == [4, 3, 1]
            assert {request.max_output_tokens for request in w.models.requests} == {8192}

    asyncio.run(main())


@pytest.mark.parametrize(("size", "truncated"), [(LONGEST_MESSAGE, False), (LONGEST_MESSAGE + 1, True)])
def test_an_answer_has_at_most_256_kib(db: Database, size: int, truncated: bool) -> None:
    async def main() -> None:
        async with world(db) as w:
            session = w.session()
            w.models.play(Scripted(("y" * (size - 10), "z" * 10, *["z"] * 0)))
            last = (await w.ask(session))[-1]
            assert (len(last["content"]), last["truncated"]) == (LONGEST_MESSAGE, truncated)
            assert w.said(session)[-1] == ("assistant", last["content"])

    assert LONGEST_MESSAGE == 256 << 10
    asyncio.run(main())


def test_what_a_crash_leaves_is_ended_and_the_question_stays(db: Database) -> None:
    async def main() -> None:
        streams = MemoryStreams()
        async with world(db, streams, dies=True) as dead:
            session = dead.session()
            dead.models.play(Scripted(("so far ",), hold=asyncio.Event()))
            reader = await dead.answers.begin(session, "Why?", TARGET)
            await anext(reader)
            async with world(db, streams, gone=True) as heir:
                last = [msgspec.json.decode(event.data) async for event in reader][-1]
                assert last["error"]["code"] == "INTERNAL_ERROR"
                assert heir.said(session) == [("user", "Why?")]

    asyncio.run(main())


def test_an_unknown_session_is_answered_by_nobody(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            with pytest.raises(UnknownSession) as refused:
                await w.ask("nobody")
            assert refused.value.code == "SESSION_NOT_FOUND"
            assert w.models.requests == []

    asyncio.run(main())


def test_the_limits_are_those_of_the_contract() -> None:
    assert (ANSWER_SECONDS, LIMITS.first_token, LIMITS.total) == (120, 120, 120)
    assert (RETRIES.pauses, RETRIES.patience) == ((1.0, 2.0), 30.0)
