"""One suite for the port `Streams`: SQLite, PostgreSQL and the memory fake."""

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from asterism.base.clock import ManualClock
from asterism.kernel.db import Database, Tx, open_database
from asterism.kernel.streams import (
    DatabaseStreams,
    Event,
    Fact,
    Head,
    MemoryStreams,
    StreamClosed,
    Streams,
    UnknownStream,
)
from tests.support.databases import SqliteFactory, fresh_postgres_url


class Status(Fact, frozen=True, tag="status"):
    """A first event."""

    text: str


class Delta(Fact, frozen=True, tag="delta"):
    """A live event."""

    text: str


class Final(Fact, frozen=True, tag="final"):
    """A terminal event."""

    text: str


class Nothing(Fact, frozen=True, tag="nothing"):
    """An event without fields."""


class Anything(Fact, frozen=True, tag="anything"):
    """An event of every kind of value."""

    text: str
    number: float
    list: list[Any]


@pytest.fixture(params=["sqlite", "postgresql", "memory"])
def world(request: pytest.FixtureRequest, sqlite_factory: SqliteFactory) -> Iterator[tuple[Database, Streams]]:
    """Give a database and streams on it; the fake uses the database's transactions only."""
    url = fresh_postgres_url() if request.param == "postgresql" else sqlite_factory.url()
    db = open_database(url, clock=ManualClock())
    yield db, MemoryStreams() if request.param == "memory" else DatabaseStreams(db)
    db.close()


async def read(streams: Streams, stream: str, after: int = 0) -> list[Event]:
    return [event async for event in streams.subscribe(stream, after)]


def texts(events: list[Event]) -> list[tuple[int, str]]:
    return [(event.seq, msgspec.json.decode(event.data)["text"]) for event in events]


def test_a_log_is_dense_ordered_and_ends(world: tuple[Database, Streams]) -> None:
    db, streams = world

    def begin(tx: Tx) -> None:
        streams.create(tx, "s")
        streams.append_in(tx, "s", Status("a"))
        streams.append_in(tx, "s", Status("b"))

    async def main() -> None:
        await db.run(begin)
        for text in "cde":
            await streams.append("s", Delta(text))
        await db.run(lambda tx: streams.append_in(tx, "s", Final("f"), close=True))
        events = await read(streams, "s")
        assert texts(events) == list(enumerate("abcdef", 1))
        assert [event.type for event in events] == ["status", "status", "delta", "delta", "delta", "final"]
        assert texts(await read(streams, "s", 4)) == [(5, "e"), (6, "f")]
        assert await read(streams, "s", 6) == []
        assert await read(streams, "s", 99) == []

    asyncio.run(main())


def test_a_page_and_the_head_include_what_is_not_written_yet(world: tuple[Database, Streams]) -> None:
    db, streams = world

    async def main() -> None:
        await db.run(streams.create, "s")
        for text in "abc":
            await streams.append("s", Delta(text))
        events = await db.run_read(streams.read_after, "s", 1)
        assert texts(events) == [(2, "b"), (3, "c")]
        assert texts(await db.run_read(lambda tx: streams.read_after(tx, "s", 0, limit=2))) == [(1, "a"), (2, "b")]
        head = await db.run_read(streams.head, "s")
        assert head is not None
        assert (head.last_seq, head.closed, head.expired) == (3, False, False)

    asyncio.run(main())


def test_readers_hear_live_events_and_each_gets_everything(world: tuple[Database, Streams]) -> None:
    db, streams = world

    async def main() -> None:
        await db.run(streams.create, "s")
        readers = [asyncio.create_task(read(streams, "s")) for _ in range(5)]
        for number in range(50):
            await streams.append("s", Delta(str(number)))
            await asyncio.sleep(0)
        await db.run(lambda tx: streams.append_in(tx, "s", Final("end"), close=True))
        expected = [(n + 1, str(n)) for n in range(50)] + [(51, "end")]
        async with asyncio.timeout(60):
            assert [texts(events) for events in await asyncio.gather(*readers)] == [expected] * 5

    asyncio.run(main())


def test_nobody_hears_what_is_rolled_back(world: tuple[Database, Streams]) -> None:
    db, streams = world

    def fail(tx: Tx) -> None:
        streams.append_in(tx, "s", Final("lost"), close=True)
        raise RuntimeError

    async def main() -> None:
        await db.run(streams.create, "s")
        await streams.append("s", Delta("a"))
        with pytest.raises(RuntimeError):
            await db.run(fail)
        await db.run(lambda tx: streams.append_in(tx, "s", Final("b"), close=True))
        assert texts(await read(streams, "s")) == [(1, "a"), (2, "b")]

    asyncio.run(main())


def test_listeners_hear_the_end_only_after_the_commit(world: tuple[Database, Streams]) -> None:
    db, streams = world

    async def main() -> None:
        await db.run(streams.create, "s")
        reader = asyncio.create_task(read(streams, "s"))
        await streams.append("s", Delta("a"))
        done_inside: list[bool] = []

        def end(tx: Tx) -> None:
            streams.append_in(tx, "s", Final("b"), close=True)
            done_inside.append(reader.done())

        await db.run(end)
        async with asyncio.timeout(60):
            assert texts(await reader) == [(1, "a"), (2, "b")]
        assert done_inside == [False]

    asyncio.run(main())


def test_nothing_follows_the_end(world: tuple[Database, Streams]) -> None:
    db, streams = world

    async def main() -> None:
        await db.run(streams.create, "s")
        await db.run(lambda tx: streams.append_in(tx, "s", Final("a"), close=True))
        with pytest.raises(StreamClosed):
            await streams.append("s", Delta("b"))
        with pytest.raises(StreamClosed):
            await db.run(lambda tx: streams.append_in(tx, "s", Delta("b")))
        head = await db.run_read(streams.head, "s")
        assert head is not None
        assert (head.last_seq, head.closed) == (1, True)

    asyncio.run(main())


def test_unknown_streams(world: tuple[Database, Streams]) -> None:
    db, streams = world

    async def main() -> None:
        with pytest.raises(UnknownStream):
            await streams.append("none", Delta(""))
        with pytest.raises(UnknownStream):
            await db.run(lambda tx: streams.append_in(tx, "none", Delta("")))
        assert await db.run_read(streams.head, "none") is None
        assert await db.run_read(streams.read_after, "none", 0) == []
        assert await read(streams, "none") == []

    asyncio.run(main())


def test_deleting_ends_readers(world: tuple[Database, Streams]) -> None:
    db, streams = world

    async def main() -> None:
        await db.run(streams.create, "s")
        reader = asyncio.create_task(read(streams, "s"))
        await streams.append("s", Delta("a"))
        await db.run(lambda tx: streams.append_in(tx, "s", Final("b"), close=True))
        await db.run(streams.delete, "s")
        async with asyncio.timeout(60):
            assert texts(await reader)[-1] == (2, "b")
        assert await db.run_read(streams.head, "s") is None

    asyncio.run(main())


def test_old_streams_are_purged_and_say_so(world: tuple[Database, Streams]) -> None:
    db, streams = world
    clock = db.clock
    assert isinstance(clock, ManualClock)

    def close(tx: Tx, name: str) -> None:
        streams.append_in(tx, name, Final("a"), close=True)

    async def main() -> None:
        for name in ("old", "new", "open"):
            await db.run(streams.create, name)
            if name != "open":
                await db.run(close, name)
            clock.advance(60)
        assert await db.run(streams.purge, "2026-02-04T12:00:30.000Z") == 1
        assert await db.run(streams.purge, "2026-02-04T12:00:30.000Z") == 0
        heads = {name: await db.run_read(streams.head, name) for name in ("old", "new", "open")}
        assert {name: head.expired for name, head in heads.items() if head} == {
            "old": True,
            "new": False,
            "open": False,
        }
        assert await read(streams, "old") == []
        assert texts(await read(streams, "new")) == [(1, "a")]
        dropped = [await db.run(streams.purge, "2026-02-04T13:00:00.000Z", prefix=p, heads=True) for p in ("ol", "o")]
        assert dropped == [1, 0]
        assert [await db.run_read(streams.head, name) is None for name in ("old", "new", "open")] == [
            True,
            False,
            False,
        ]

    asyncio.run(main())


def test_streams_of_rows_that_are_gone_are_removed(world: tuple[Database, Streams]) -> None:
    db, streams = world

    async def main() -> None:
        with db.write() as tx:
            tx.execute(sa.text("CREATE TABLE things (id TEXT PRIMARY KEY)"))
            tx.execute(sa.text("INSERT INTO things VALUES ('kept'), ('other:kept')"))
            for name in ("thing:kept", "thing:gone", "other:gone", "thing_gone"):
                streams.create(tx, name)
        await streams.append("thing:gone", Delta("a"))
        await streams.flush()
        assert [await db.run(streams.purge_orphans, "thing:", "things") for _ in range(2)] == [1, 0]
        found = [await db.run_read(streams.head, name) is not None for name in ("thing:kept", "thing:gone")]
        assert found == [True, False]
        assert all([await db.run_read(streams.head, name) is not None for name in ("other:gone", "thing_gone")])

    asyncio.run(main())


def test_any_text_survives(world: tuple[Database, Streams]) -> None:
    db, streams = world
    values = {"text": 'a\r\n\u2028"\\ é e\u0301 👩‍👩‍👧 \x01', "number": 1.5, "list": [1, None, True, {"z": 1, "a": 2}]}

    async def main() -> None:
        await db.run(streams.create, "s")
        live = await streams.append("s", Anything(**values))
        await db.run(lambda tx: streams.append_in(tx, "s", Anything(**values), close=True))
        first, last = await read(streams, "s")
        assert first.data == last.data == live.data == msgspec.json.encode(values)
        assert last.tagged == msgspec.json.encode({"type": "anything", **values})
        assert last.fact(Anything) == Anything(**values)
        assert last.fact(Delta) is None

    asyncio.run(main())


def test_an_event_without_fields(world: tuple[Database, Streams]) -> None:
    db, streams = world

    async def main() -> None:
        await db.run(streams.create, "s")
        await db.run(lambda tx: streams.append_in(tx, "s", Nothing(), close=True))
        (event,) = await read(streams, "s")
        assert (event.type, event.data, event.tagged) == ("nothing", b"{}", b'{"type":"nothing"}')

    asyncio.run(main())


def test_a_shared_stream_is_numbered_without_gaps_by_every_writer(world: tuple[Database, Streams]) -> None:
    db, streams = world
    others = streams if isinstance(streams, MemoryStreams) else DatabaseStreams(db)

    async def main() -> None:
        await db.run(lambda tx: streams.create(tx, "s", shared=True))
        follower = asyncio.create_task(read(streams, "s"))
        for number in range(20):
            writer = streams if number % 3 else others
            if number % 2:
                await writer.tell("s", Delta(str(number)))
                await writer.flush()
            else:
                await db.run(lambda tx, w=writer, n=number: w.append_in(tx, "s", Delta(str(n))))
        await db.run(lambda tx: others.append_in(tx, "s", Final("end"), close=True))
        expected = [(n + 1, str(n)) for n in range(20)] + [(21, "end")]
        async with asyncio.timeout(60):
            assert texts(await follower) == expected
        assert texts(await db.run_read(streams.read_after, "s", 0)) == expected
        head = await db.run_read(streams.head, "s")
        assert head == Head(21, closed=True, shared=True)

    asyncio.run(main())


def test_what_is_told_is_written_once_though_its_writer_is_cancelled(world: tuple[Database, Streams]) -> None:
    db, streams = world

    async def main() -> None:
        await db.run(lambda tx: streams.create(tx, "s", shared=True))
        await streams.tell("s", Delta("a"), Delta("b"))
        flushing = asyncio.create_task(streams.flush())
        await asyncio.sleep(0)
        flushing.cancel()
        await asyncio.gather(flushing, return_exceptions=True)
        await streams.tell("s", Delta("c"))
        await streams.flush()
        assert texts(await db.run_read(streams.read_after, "s", 0)) == [(1, "a"), (2, "b"), (3, "c")]
        await streams.tell("unknown", Delta("lost"))
        await streams.flush()

    asyncio.run(main())


def test_a_shared_stream_is_rewritten_and_trimmed(world: tuple[Database, Streams]) -> None:
    db, streams = world

    async def main() -> None:
        await db.run(lambda tx: streams.create(tx, "s", shared=True))
        await db.run(lambda tx: streams.append_in(tx, "s", *(Delta(text) for text in "abcdef")))
        await db.run(lambda tx: streams.rewrite(tx, "s", drop=[3, 4], put={5: Delta("cde")}))
        assert texts(await db.run_read(streams.read_after, "s", 0)) == [(1, "a"), (2, "b"), (5, "cde"), (6, "f")]
        await db.run(lambda tx: streams.trim(tx, "s", 2))
        assert texts(await db.run_read(streams.read_after, "s", 0)) == [(5, "cde"), (6, "f")]
        await db.run(lambda tx: streams.append_in(tx, "s", Delta("g")))
        head = await db.run_read(streams.head, "s")
        assert head == Head(7, closed=False, shared=True, floor=2)
        await db.run(lambda tx: streams.retain(tx, "s", "2000-01-01T00:00:00.000Z", keep=0))
        await db.run(lambda tx: streams.retain(tx, "s", "3000-01-01T00:00:00.000Z", keep=1))
        assert texts(await db.run_read(streams.read_after, "s", 0)) == [(7, "g")]

    asyncio.run(main())


async def read_until_stopped(db: Database, streams: Streams) -> tuple[list[Event], bool]:
    await db.run(streams.create, "s")
    begun = asyncio.Event()

    async def follow() -> list[Event]:
        events = []
        async for event in streams.subscribe("s"):
            events.append(event)
            begun.set()
        return events

    reading = asyncio.create_task(follow())
    await db.run(streams.append_in, "s", Status("a"))
    await asyncio.wait_for(begun.wait(), 60)
    await streams.append("s", Delta("b"))
    await streams.stop()
    return await asyncio.wait_for(reading, 60), (await db.run_read(streams.head, "s")).closed  # type: ignore[union-attr]


def test_readers_of_open_streams_have_all_and_end_when_streams_stop(world: tuple[Database, Streams]) -> None:
    events, closed = asyncio.run(read_until_stopped(*world))
    assert texts(events) == [(1, "a"), (2, "b")]
    assert not closed
