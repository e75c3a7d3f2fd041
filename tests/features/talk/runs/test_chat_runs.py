"""Runs of chats as use cases: limits, queue, retries, cancel, and what is left of a run whose process is gone."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from asterism.base.errors import RateLimited, ShuttingDown
from asterism.base.ids import ulid
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.talk import chats, runs
from asterism.features.talk.catalogue import ModelDirectory
from asterism.features.talk.runs import RunOptions
from asterism.features.talk.runs.start import USER_LIMIT
from asterism.features.talk.tools import Toolbox
from asterism.features.versions import projects
from asterism.kernel.blobs import open_blobs
from asterism.kernel.db import Database, Tx
from asterism.kernel.llm import AnswerPart, Delta, FailureKind, Request, Scripted, ScriptedModels
from asterism.kernel.runs import RunHost
from asterism.kernel.secrets import memory_secrets
from asterism.kernel.streams import MemoryStreams
from tests.support.races import errors_of, race

DIRECTORY = ModelDirectory(base_urls={"local": "http://127.0.0.1:1/v1"}, local_model="demo")


class World:
    """Runs around the test database, with streams in memory and a scripted model."""

    def __init__(
        self, db: Database, streams: MemoryStreams, *, gone: bool = False, models: ScriptedModels | None = None
    ) -> None:
        self.db, self.streams, self.models, self.pauses = db, streams, models or ScriptedModels(), list[float]()
        self.host = RunHost(db, streams, is_gone=lambda _owner: gone, sleep=self.pause)
        blobs = open_blobs("memory://", spool=Path(tempfile.gettempdir()))
        self.starter = runs.Starter(memory_secrets(), DIRECTORY, blobs, Toolbox(db, []))
        self.runs = runs.ChatRuns(db, streams, self.models, self.starter, self.host)
        with db.write() as tx:
            self.caller = person(tx)
            self.project = projects.create_project(tx, self.caller, name="P").id

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.Event().wait()

    def chat(self, caller: Caller | None = None, project: str | None = None, *, text: str = "Tell me") -> str:
        """Make a chat with a question in it."""
        caller = caller or self.caller
        with self.db.write() as tx:
            made = chats.create_chat(tx, caller, project or self.project)
            chats.post_message(tx, caller, made.id, role="user", content=text)
        return made.id

    async def begin(self, chat: str | None = None) -> runs.Run:
        return await self.runs.begin(self.caller, chat or self.chat(), RunOptions())

    async def log(self, run: runs.Run) -> list[tuple[str, Any]]:
        async with asyncio.timeout(60):
            events = [event async for event in self.streams.subscribe(run.stream)]
        return [(event.type, msgspec.json.decode(event.data)) for event in events]

    async def told(self, run: runs.Run, kind: str) -> None:
        """Return once an event of that type is in the run's log."""
        async with asyncio.timeout(60):
            async for event in self.streams.subscribe(run.stream):
                if event.type == kind:
                    return

    def stored(self, run: runs.Run) -> runs.Run:
        with self.db.read() as tx:
            return runs.get_run(tx, self.caller, run.id)

    def said(self, chat: str) -> list[tuple[str, str, str]]:
        with self.db.read() as tx:
            found = chats.list_messages(tx, self.caller, chat, limit=100)
        return [(one.role, one.content, one.status) for one in found]


def person(tx: Tx) -> Caller:
    user = identity.add_user(tx, f"{ulid()}@example.com".lower())
    return Caller(user.id, "token", "session", "web")


@asynccontextmanager
async def world(
    db: Database, streams: MemoryStreams | None = None, *, gone: bool = False, dies: bool = False
) -> AsyncIterator[World]:
    made = World(db, streams or MemoryStreams(), gone=gone)
    await made.host.start()
    yield made
    if not dies:
        for active in list(made.host._active.values()):
            await made.host.cancel(active.work.stream, "end of test")
        await made.host.stop()


class AtOnce(ScriptedModels):
    """Answers with 50 pieces that have all arrived, as one read of a connection brings them; `given` counts them."""

    given = 0

    def parts(self, request: Request) -> AsyncGenerator[AnswerPart, None]:
        """Yield them."""
        return self._arrived(super().parts(request))

    async def _arrived(self, answer: AsyncGenerator[AnswerPart, None]) -> AsyncGenerator[AnswerPart, None]:
        found = [part async for part in answer]
        for _ in range(49):
            self.given += 1
            yield Delta("x")
        for part in found:
            yield part


def test_the_first_piece_is_heard_before_the_last_of_many_is_taken(db: Database) -> None:
    async def heard_at() -> int:
        models = AtOnce()
        w = World(db, MemoryStreams(), models=models)
        run = await w.begin()
        await w.told(run, "token.delta")
        given = models.given
        await w.log(run)
        assert w.stored(run).status == "completed"
        return given

    assert asyncio.run(heard_at()) < 20


def held(w: World, *pieces: str) -> asyncio.Event:
    """Make every answer wait for an event after its pieces."""
    go = asyncio.Event()
    w.models.play(*[Scripted(pieces or ("ok",), hold=go) for _ in range(100)])
    return go


def test_two_that_begin_at_once_get_the_last_place_once(db: Database) -> None:
    w = World(db, MemoryStreams())

    def begin(chat: str) -> Callable[[Tx], object]:
        return lambda tx: w.starter.begin(tx, w.caller, chat, RunOptions(), queued=True)

    first, second = w.chat(), w.chat()
    with db.write() as tx:
        for _ in range(USER_LIMIT - 1):
            chat = chats.create_chat(tx, w.caller, w.project)
            chats.post_message(tx, w.caller, chat.id, role="user", content="Tell me")
            begin(chat.id)(tx)
    outcomes = race(db, begin(first), begin(second))
    assert [type(error) for error in errors_of(outcomes)] == [RateLimited]


def test_a_run_leaves_a_message_its_usage_and_a_title(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            w.models.play(Scripted(("Of cou", "rse.")))
            chat = w.chat(text="# What is it?")
            run = await w.begin(chat)
            assert await w.log(run) == [
                ("status", {"message": "Collecting context"}),
                ("token.delta", {"message_id": run.message_id, "delta": "Of cou"}),
                ("token.delta", {"message_id": run.message_id, "delta": "rse."}),
                (
                    "message.final",
                    {
                        "message_id": run.message_id,
                        "content": "Of course.",
                        "usage": {"input_tokens": 10, "output_tokens": 5},
                    },
                ),
                ("chat.updated", {"chat_id": chat, "title": "What is it?"}),
            ]
            assert (w.stored(run).status, w.stored(run).stop_reason) == ("completed", "end")
            assert w.said(chat)[1:] == [("assistant", "Of course.", "complete")]

    asyncio.run(main())


def test_a_person_has_at_most_64_active_runs(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            held(w)
            for _ in range(64):
                await w.begin()
            chat = w.chat()
            with pytest.raises(RateLimited, match="64 active runs"):
                await w.begin(chat)
            with db.read() as tx:
                assert runs.active_runs(tx, [chat]) == {}
            with db.write() as tx:
                other = person(tx)
                theirs = projects.create_project(tx, other, name="P").id
            assert await w.runs.begin(other, w.chat(other, theirs), RunOptions())

    asyncio.run(main())


def test_256_runs_are_performed_256_wait_and_no_more_are_taken(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            held(w)
            places = [w.host.enter(w.runs.kind) for _ in range(255)]
            performed = await w.begin()
            waiting = await w.begin()
            assert (performed.status, waiting.status) == ("running", "queued")
            places += [w.host.enter(w.runs.kind) for _ in range(255)]
            with pytest.raises(RateLimited, match="as many runs as it takes"):
                await w.begin()
            places.pop().leave()
            last = await w.begin()
            assert last.status == "queued"
            for place in places:
                place.leave()

    asyncio.run(main())


def test_runs_that_wait_begin_in_the_order_they_came(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            places = [w.host.enter(w.runs.kind) for _ in range(256)]
            first, second = await w.begin(w.chat(text="first")), await w.begin(w.chat(text="second"))
            assert [status for _, status in (await first_events(w, first))] == [{"message": "Waiting for a free slot"}]
            places.pop().leave()
            assert ("status", {"message": "Collecting context"}) in await w.log(first)
            await w.log(second)  # the slot of the first one is its
            asked = [request.turns[-1].text for request in w.models.requests]
            assert asked == ["first", "second"]
            assert w.stored(second).started_at is not None
            for place in places:
                place.leave()

    asyncio.run(main())


async def first_events(w: World, run: runs.Run) -> list[tuple[str, Any]]:
    with w.db.read() as tx:
        return [(event.type, msgspec.json.decode(event.data)) for event in w.streams.read_after(tx, run.stream, 0)]


def test_a_run_that_waits_can_be_cancelled(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            places = [w.host.enter(w.runs.kind) for _ in range(256)]
            chat = w.chat()
            run = await w.begin(chat)
            assert await w.runs.cancel(w.caller, chat) == run.id
            assert [kind for kind, _ in await w.log(run)] == ["status", "run.error"]
            assert w.models.requests == []
            assert w.stored(run).status == "cancelled"
            for place in places:
                place.leave()

    asyncio.run(main())


def test_cancel_closes_the_call_and_keeps_the_text(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            held(w, "so far")
            chat = w.chat()
            run = await w.begin(chat)
            await w.told(run, "token.delta")
            assert await w.runs.cancel(w.caller, chat) == run.id
            assert await w.runs.cancel(w.caller, chat) is None
            assert (await w.log(run))[-1] == ("run.error", {"code": "CANCELLED", "message": "The run was cancelled."})
            assert w.said(chat)[1:] == [("assistant", "so far", "partial")]
            assert len(w.models.closed) == 1
            assert w.stored(run).usage.estimated

    asyncio.run(main())


def test_a_chat_has_one_active_run_and_takes_it_along_when_deleted(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            held(w, "so far")
            chat = w.chat()
            run = await w.begin(chat)
            with pytest.raises(runs.RunInProgress) as refused:
                await w.begin(chat)
            assert refused.value.details == {"run_id": run.id}
            await w.told(run, "token.delta")
            await w.runs.delete_chat(w.caller, chat)
            with pytest.raises(runs.UnknownRun):
                w.stored(run)

    asyncio.run(main())


def test_an_empty_answer_is_asked_for_once_more(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            w.models.play(Scripted(()), Scripted(()))
            run = await w.begin()
            log = await w.log(run)
            assert log[1] == ("status", {"message": "The answer was empty; asking again"})
            assert log[-1][1]["code"] == "EMPTY_RESPONSE"
            assert len(w.models.requests) == 2

    asyncio.run(main())


def test_a_prompt_too_long_is_sent_once_more_with_less(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            too_long = Scripted(failure=FailureKind.CONTEXT_TOO_LONG)
            w.models.play(too_long, "fits")
            assert (await w.log(await w.begin()))[-2][1]["content"] == "fits"
            w.models.play(too_long, too_long)
            assert (await w.log(await w.begin()))[-1][1]["code"] == "CONTEXT_TOO_LONG"

    asyncio.run(main())


def test_after_the_first_text_nobody_asks_again(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            w.models.play(Scripted(("some ",), failure=FailureKind.UNAVAILABLE))
            chat = w.chat()
            assert (await w.log(await w.begin(chat)))[-1][1]["code"] == "PROVIDER_UNAVAILABLE"
            assert w.said(chat)[1:] == [("assistant", "some ", "partial")]
            assert len(w.models.requests) == 1

    asyncio.run(main())


def test_what_is_left_of_a_crash_is_kept(db: Database) -> None:
    async def main() -> None:
        streams = MemoryStreams()
        async with world(db, streams, dies=True) as dead:
            held(dead, "so far")
            chat = dead.chat()
            run = await dead.begin(chat)
            await dead.told(run, "token.delta")
            async with world(db, streams, gone=True) as heir:
                heir.caller = dead.caller
                last = (await heir.log(run))[-1]
                assert (last[0], last[1]["code"]) == ("run.error", "SERVER_RESTARTED")
                assert heir.said(chat)[1:] == [("assistant", "so far", "partial")]
                assert heir.stored(run).usage.estimated
                heir.models.play("well")
                assert (await heir.log(await heir.begin(chat)))[-2][1]["content"] == "well"

    asyncio.run(main())


def test_a_stopping_server_gives_ten_seconds(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            assert w.runs.kind.grace == 10
            go = held(w, "in time")
            run = await w.begin()
            await w.told(run, "token.delta")
            stopping = asyncio.create_task(w.host.stop())
            await asyncio.sleep(0)
            with pytest.raises(ShuttingDown):
                await w.begin()
            go.set()
            await stopping
            assert w.stored(run).status == "completed"

    asyncio.run(main())
