"""What only the streams on a database do: coalesce, survive, take over, hear other processes."""

import asyncio
import time
from typing import Any

import pytest
import sqlalchemy as sa

from asterism.base.errors import Unavailable
from asterism.kernel.db import Database
from asterism.kernel.streams import DatabaseStreams, Event, Fact, store
from asterism.kernel.streams.database import MAX_AHEAD
from tests.support.facts import PATIENCE


class Delta(Fact, frozen=True, tag="delta"):
    """A live event."""

    text: str = ""


class Final(Fact, frozen=True, tag="final"):
    """A terminal event."""


async def read(streams: DatabaseStreams, stream: str, after: int = 0) -> list[Event]:
    return [event async for event in streams.subscribe(stream, after)]


def durable(db: Database, stream: str) -> list[int]:
    with db.read() as tx:
        return [event.seq for event in store.read_after(tx, stream, 0, None)]


def end(streams: DatabaseStreams, stream: str = "s") -> Any:
    return lambda tx: streams.append_in(tx, stream, Final(), close=True)


def test_live_events_are_on_disk_within_50_ms(db: Database) -> None:
    streams = DatabaseStreams(db)

    async def main() -> None:
        await db.run(streams.create, "s")
        await streams.append("s", Delta())
        began = time.monotonic()
        while durable(db, "s") != [1]:
            assert time.monotonic() - began < PATIENCE  # the pause itself is asserted below
            await asyncio.sleep(0.005)

    asyncio.run(main())


def test_writes_of_all_streams_are_coalesced(db: Database) -> None:
    streams = DatabaseStreams(db)
    commits: list[int] = []

    async def main() -> None:
        for name in "ab":
            await db.run(streams.create, name)
        for number in range(100):
            for name in "ab":
                await streams.append(name, Delta(str(number)))
        assert durable(db, "a") == []
        await streams.flush()
        commits.append(len(durable(db, "a")))
        assert durable(db, "a") == durable(db, "b") == list(range(1, 101))

    asyncio.run(main())
    assert commits == [100]


def test_a_writer_waits_rather_than_run_far_ahead_of_the_disk(db: Database) -> None:
    streams = DatabaseStreams(db)

    async def main() -> None:
        await db.run(streams.create, "s")
        for number in range(MAX_AHEAD * 3):
            await streams.append("s", Delta(str(number)))
            with db.read() as tx:
                head = store.head(tx, "s") if number % 250 == 249 else None
            assert head is None or number + 1 - head.last_seq <= MAX_AHEAD
        await db.run(end(streams))
        assert [event.seq for event in await read(streams, "s")] == list(range(1, MAX_AHEAD * 3 + 2))

    asyncio.run(main())


def test_a_successor_leaves_a_gap_so_that_no_number_is_used_twice(db: Database) -> None:
    async def main() -> None:
        first, second, third = DatabaseStreams(db), DatabaseStreams(db), DatabaseStreams(db)
        await db.run(first.create, "s")
        await first.append("s", Delta())
        await first.append("s", Delta())
        await first.flush()
        await first.append("s", Delta("but lost with the process"))
        assert first._flusher is not None
        first._flusher.cancel()  # as a killed process would
        await second.append("s", Delta())
        await second.append("s", Delta())
        await second.flush()
        assert durable(db, "s") == [1, 2, 1002, 1003]
        await db.run(end(third))
        assert durable(db, "s") == [1, 2, 1002, 1003, 2003]
        assert [event.seq for event in await read(third, "s", 2)] == [1002, 1003, 2003]

    asyncio.run(main())


def test_a_writer_taken_for_dead_can_do_no_harm(db: Database) -> None:
    async def main() -> None:
        zombie, heir = DatabaseStreams(db), DatabaseStreams(db)
        await db.run(zombie.create, "s")
        await zombie.append("s", Delta())
        await zombie.flush()
        await zombie.append("s", Delta("written"))
        await heir.append("s", Delta())
        await heir.flush()
        await zombie.flush()
        await db.run(end(heir))
        found = durable(db, "s")
        if found[1] == 2:  # it writes by itself too, and was quicker than the heir
            found.pop(1)
        assert found in ([1, 1001, 1002], [1, 1002, 1003])

    asyncio.run(main())


def test_a_reader_in_another_process_sees_everything(db: Database) -> None:
    async def main() -> None:
        woken = db.dialect == "postgresql"  # so that nothing is found by looking
        writer, other = DatabaseStreams(db), DatabaseStreams(db, poll=3600 if woken else 0.05)
        await other.start()
        if other._listener is not None:
            assert await asyncio.to_thread(other._listener.ready.wait, PATIENCE)
        await db.run(writer.create, "s")
        reader = asyncio.create_task(read(other, "s"))
        async with asyncio.timeout(PATIENCE):
            while not other._waiters.any("s"):
                await asyncio.sleep(0)
            for _ in range(3):
                await writer.append("s", Delta())
                await writer.flush()
            await db.run(end(writer))
            assert [event.seq for event in await reader] == [1, 2, 3, 4]
        await other.stop()

    asyncio.run(main())


def test_memory_of_a_long_stream_is_bounded_and_a_late_reader_still_gets_all(db: Database) -> None:
    streams = DatabaseStreams(db)

    async def main() -> None:
        await db.run(streams.create, "s")
        for number in range(5000):
            await streams.append("s", Delta(str(number)))
        await streams.flush()
        assert len(streams._live["s"].recent) <= 2000
        reader = asyncio.create_task(read(streams, "s"))
        await asyncio.sleep(0)
        await db.run(end(streams))
        assert [event.seq for event in await reader] == list(range(1, 5002))
        assert streams._live == {}

    asyncio.run(main())


class Flaky(Database):
    """A database whose writes can be made to fail."""

    down = False

    async def run(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        if self.down:
            raise Unavailable("down")
        return await super().run(fn, *args, **kwargs)


def test_a_database_that_is_down_for_a_while_loses_nothing(db: Database) -> None:
    flaky = Flaky(db.engine, db.clock)
    streams = DatabaseStreams(flaky)

    async def main() -> None:
        await db.run(streams.create, "s")
        await streams.append("s", Delta())
        flaky.down = True
        with pytest.raises(Unavailable):
            await streams.flush()
        await streams.append("s", Delta())
        flaky.down = False
        await db.run(end(streams))
        assert durable(db, "s") == [1, 2, 3]

    asyncio.run(main())
    flaky.close()


def test_a_reader_that_leaves_lets_go(db: Database) -> None:
    streams = DatabaseStreams(db)

    async def main() -> None:
        await db.run(streams.create, "s")
        await streams.append("s", Delta())
        following = streams.subscribe("s")
        assert (await anext(following)).seq == 1
        assert streams._waiters.any("s")
        await following.aclose()
        assert not streams._waiters.any("s")

    asyncio.run(main())


def test_a_coalesced_write_that_comes_too_late_does_no_harm(db: Database) -> None:
    streams = DatabaseStreams(db)

    async def main() -> None:
        await db.run(streams.create, "s")
        event = await streams.append("s", Delta("a"))
        await db.run(end(streams))
        await db.run(store.write_tails, {"s": [event], "gone": [event]})
        assert durable(db, "s") == [1, 2]

    asyncio.run(main())


def test_followers_of_a_shared_stream_read_its_log_together(db: Database) -> None:
    streams, followers, reads = DatabaseStreams(db, poll=PATIENCE), 20, list[str]()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            reads.append(statement)

    async def main() -> None:
        await db.run(lambda tx: streams.create(tx, "s", shared=True))
        following = [streams.subscribe("s") for _ in range(followers)]
        coming = [asyncio.ensure_future(anext(one)) for one in following]
        for seq in range(1, 5):
            await db.run(lambda tx: streams.append_in(tx, "s", Delta()))
            assert {(await one).seq for one in coming} == {seq}
            if seq == 1:  # each has begun with a read of its own
                sa.event.listen(db.engine, "before_cursor_execute", note)
            coming = [asyncio.ensure_future(anext(one)) for one in following]
        for one in coming:
            one.cancel()
        await asyncio.gather(*coming, return_exceptions=True)

    asyncio.run(main())
    assert 0 < len(reads) < 2 * followers
