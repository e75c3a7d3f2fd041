"""The run host: begun whole, ended once, cancelled from anywhere, settled after a crash."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from asterism.base.clock import ManualClock
from asterism.base.errors import ShuttingDown, Unavailable
from asterism.kernel.db import Database, Tx
from asterism.kernel.runs import (
    BrokenOff,
    Done,
    Ending,
    Failed,
    Lane,
    LaneFull,
    RunHost,
    RunKind,
    Stopped,
    store,
)
from asterism.kernel.runs.host import HEARTBEAT_SECONDS
from asterism.kernel.streams import DatabaseStreams, Fact


class Told(Fact, frozen=True, tag="told"):
    """Something that is told meanwhile."""

    text: str


class Ended(Fact, frozen=True, tag="ended"):
    """The terminal event."""

    how: str


def how(ending: Ending[str]) -> str:
    if isinstance(ending, Done):
        return f"done {ending.value}"
    if isinstance(ending, Failed):
        return f"failed {type(ending.error).__name__}"
    return f"broken off: {ending.reason}" if isinstance(ending, BrokenOff) else "stopped"


@dataclass
class Task:
    """A work that does what its test says."""

    name: str
    streams: DatabaseStreams
    do: Callable[[], Awaitable[str]]
    begun: bool = False
    ended: list[str] = field(default_factory=list)
    opening: Sequence[Fact] = (Told("begins"),)

    @property
    def stream(self) -> str:
        return f"task/{self.name}"

    async def perform(self) -> str:
        self.begun = True
        await self.streams.append(self.stream, Told("works"))
        return await self.do()

    def finish(self, tx: Tx, ending: Ending[str]) -> Sequence[Fact]:
        assert tx.now()
        self.ended.append(how(ending))
        return [Ended(how(ending))]


class Pauses:
    """Waits that last until the test ends them."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._waiting: list[tuple[float, asyncio.Event]] = []

    async def __call__(self, seconds: float) -> None:
        over = asyncio.Event()
        self.asked.append(seconds)
        self._waiting.append((seconds, over))
        await over.wait()

    async def end(self, seconds: float) -> None:
        """End the waits of that length, and return when what follows has led to the next one."""
        while not (due := [one for one in self._waiting if one[0] == seconds]):
            await asyncio.sleep(0)
        before = self.asked.count(seconds)
        for one in due:
            self._waiting.remove(one)
            one[1].set()
        while self.asked.count(seconds) == before:
            await asyncio.sleep(0)


class World:
    """A host, what it stands on, and works for it."""

    def __init__(self, db: Database, owner: str, lane: Lane, gone: set[str], grace: float) -> None:
        self.db, self.streams, self.pauses = db, DatabaseStreams(db), Pauses()
        self.host = RunHost(db, self.streams, owner=owner, is_gone=gone.__contains__, sleep=self.pauses)
        self.kind = self.host.add(RunKind("task", lane, self.settle, grace))
        self.works: dict[str, Task] = {}

    def settle(self, tx: Tx, stream: str, ending: BrokenOff | Stopped) -> Sequence[Fact]:
        assert tx.now()
        return [Ended(f"settled {stream}: {how(ending)}")]

    async def launch(self, name: str, do: Callable[[], Awaitable[str]]) -> Task:
        def begin(_tx: Tx, queued: bool) -> Task:
            work = Task(name, self.streams, do, opening=[Told("waits" if queued else "begins")])
            self.works[name] = work
            return work

        with self.host.enter(self.kind) as place:
            return await self.host.launch(place, self.kind, begin)

    async def log(self, name: str) -> list[str]:
        async with asyncio.timeout(60):
            found = [event async for event in self.streams.subscribe(f"task/{name}")]
        return [(event.fact(Told) or Told("")).text or (event.fact(Ended) or Ended("")).how for event in found]


@asynccontextmanager
async def world(
    db: Database,
    owner: str = "here",
    *,
    lane: Lane | None = None,
    gone: set[str] | None = None,
    grace: float = 0.0,
    dead: bool = False,
) -> AsyncIterator[World]:
    made = World(db, owner, lane or Lane(4, 4), gone or set(), grace)
    await made.streams.start()
    await made.host.start()
    try:
        yield made
    finally:
        if not dead:
            await made.host.stop()
        await made.streams.stop()


async def at_once() -> str:
    return "well"


async def for_ever() -> str:
    await asyncio.Event().wait()
    return "never"


async def until(fact: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not fact():
            await asyncio.sleep(0)


def rows(db: Database) -> int:
    with db.read() as tx:
        return len(store.of_owner(tx, "here")) + len(store.of_others(tx, "here"))


def test_a_run_is_begun_performed_and_ended_once(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            work = await w.launch("a", at_once)
            assert await w.log("a") == ["begins", "works", "done well"]
            assert work.ended == ["done well"]
            assert not await w.host.cancel(work.stream, "late")
            assert rows(db) == 0

    asyncio.run(main())


def test_a_bug_is_an_ending_too(db: Database) -> None:
    async def broken() -> str:
        raise ZeroDivisionError

    async def main() -> None:
        async with world(db) as w:
            await w.launch("a", broken)
            assert (await w.log("a"))[-1] == "failed ZeroDivisionError"

    asyncio.run(main())


def test_what_cannot_begin_leaves_nothing(db: Database) -> None:
    def refused(_tx: Tx, _queued: bool) -> Task:
        raise ZeroDivisionError

    async def main() -> None:
        async with world(db, lane=Lane(1)) as w:
            with w.host.enter(w.kind) as place, pytest.raises(ZeroDivisionError):
                await w.host.launch(place, w.kind, refused)
            assert rows(db) == 0
            await w.launch("a", at_once)
            assert (await w.log("a"))[-1] == "done well"

    asyncio.run(main())


def test_a_caller_that_leaves_while_a_run_begins_does_not_stop_it(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            asking = asyncio.create_task(w.launch("a", at_once))
            await until(lambda: w.works)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await until(lambda: w.works["a"].ended)
            assert await w.log("a") == ["begins", "works", "done well"]

    asyncio.run(main())


def test_cancel_ends_the_work_with_the_first_reason(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            work = await w.launch("a", for_ever)
            await until(lambda: work.begun)
            assert await db.run(w.host.request_cancel, work.stream, "one")  # by somebody who has not come further yet
            both = await asyncio.gather(w.host.cancel(work.stream, "two"), w.host.cancel(work.stream, "three"))
            assert any(both)
            assert await w.log("a") == ["begins", "works", "broken off: one"]
            assert work.ended == ["broken off: one"]
            assert not await w.host.cancel(work.stream, "four")

    asyncio.run(main())


def test_a_cancel_that_was_recorded_wins_over_an_answer_that_is_done(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:
            go = asyncio.Event()

            async def waiting() -> str:
                await go.wait()
                return "well"

            work = await w.launch("a", waiting)
            assert await db.run(w.host.request_cancel, work.stream, "recorded")
            go.set()
            assert (await w.log("a"))[-1] == "broken off: recorded"

    asyncio.run(main())


def test_runs_wait_for_a_slot_and_can_be_cancelled_while_they_wait(db: Database) -> None:
    async def main() -> None:
        async with world(db, lane=Lane(1, 2)) as w:
            first = await w.launch("first", for_ever)
            second, third = await w.launch("second", at_once), await w.launch("third", at_once)
            with pytest.raises(LaneFull):
                await w.launch("fourth", at_once)
            assert await w.host.cancel(second.stream, "impatient")
            assert await w.log("second") == ["waits", "broken off: impatient"]
            assert not second.begun
            assert not third.begun
            await w.host.cancel(first.stream, "done with it")
            assert await w.log("third") == ["waits", "works", "done well"]

    asyncio.run(main())


def test_a_server_that_stops_ends_its_runs_after_their_grace(db: Database) -> None:
    async def main() -> None:
        async with world(db, grace=600) as w:
            go = asyncio.Event()

            async def waiting() -> str:
                await go.wait()
                return "in time"

            await w.launch("a", waiting)
            stopping = asyncio.create_task(w.host.stop())
            await asyncio.sleep(0)
            with pytest.raises(ShuttingDown):
                await w.launch("b", at_once)
            go.set()
            await stopping
            assert (await w.log("a"))[-1] == "done in time"
        async with world(db) as w:
            await w.launch("c", for_ever)
            await w.host.stop()
            assert (await w.log("c"))[-1] == "stopped"

    asyncio.run(main())


class Flaky(Database):
    """A database whose writes can be made to fail."""

    down = False

    async def run(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        if self.down:
            raise Unavailable("down")
        return await super().run(fn, *args, **kwargs)


def test_an_end_that_cannot_be_written_is_written_later(db: Database) -> None:
    flaky = Flaky(db.engine, db.clock)

    async def main() -> None:
        async with world(flaky) as w:
            go = asyncio.Event()

            async def waiting() -> str:
                await go.wait()
                return "well"

            await w.launch("a", waiting)
            flaky.down = True
            go.set()
            await until(lambda: w.pauses.asked.count(1.0))
            flaky.down = False
            await until(lambda: [over.set() for seconds, over in w.pauses._waiting if seconds == 1.0])
            assert (await w.log("a"))[-1] == "done well"

    asyncio.run(main())
    flaky.close()


def test_the_end_is_written_even_where_the_result_cannot_be(db: Database) -> None:
    async def main() -> None:
        async with world(db) as w:

            @dataclass
            class Odd(Task):
                def finish(self, tx: Tx, ending: Ending[str]) -> Sequence[Fact]:
                    if isinstance(ending, Done):
                        raise ZeroDivisionError
                    return super().finish(tx, ending)

            with w.host.enter(w.kind) as place:
                work = await w.host.launch(place, w.kind, lambda _tx, _queued: Odd("a", w.streams, at_once))
            assert (await w.log("a"))[-1] == "failed ZeroDivisionError"
            assert work.ended == ["failed ZeroDivisionError"]

    asyncio.run(main())


def test_a_crash_is_settled_at_the_next_start_and_numbers_go_on_a_thousand_later(db: Database) -> None:
    async def main() -> None:
        async with world(db, "first", dead=True) as w:
            work = await w.launch("a", for_ever)
            await until(lambda: work.begun)
            await w.streams.flush()
        async with world(db, "second", gone={"first"}) as w:
            assert await w.log("a") == ["begins", "works", "settled task/a: stopped"]
            with db.read() as tx:
                assert [event.seq for event in w.streams.read_after(tx, "task/a", 0)] == [1, 2, 1002]

    asyncio.run(main())


def test_a_second_process_leaves_the_runs_of_a_living_one_alone(db: Database, clock: ManualClock) -> None:
    here = RunHost(db, DatabaseStreams(db)).owner

    async def main() -> None:
        async with world(db, here) as first, world(db, here + "2") as second:
            work = await first.launch("a", for_ever)
            clock.advance(55)
            await first.pauses.end(HEARTBEAT_SECONDS)
            clock.advance(60)
            await second.pauses.end(HEARTBEAT_SECONDS)
            assert work.ended == []
            clock.advance(0.001)
            await second.pauses.end(HEARTBEAT_SECONDS)
            assert (await second.log("a"))[-1] == "settled task/a: stopped"
            await first.pauses.end(0.5)  # the first process sees that its run was ended, and stops the work
            await until(lambda: not first.host._active)
            assert work.ended == []

    asyncio.run(main())


def test_a_process_beats_while_it_performs_runs_and_only_then(db: Database, clock: ManualClock) -> None:
    async def main() -> None:
        async with world(db) as w:
            await w.pauses.end(HEARTBEAT_SECONDS)
            assert last_beat(db) is None
            await w.launch("a", for_ever)
            clock.advance(10)
            await w.pauses.end(HEARTBEAT_SECONDS)
            with db.read() as tx:
                assert last_beat(db) == tx.now()

    assert HEARTBEAT_SECONDS == 10
    asyncio.run(main())


def last_beat(db: Database) -> str | None:
    with db.read() as tx:
        return next((one.last_beat for one in store.of_others(tx, "nobody")), None)


def test_a_run_is_cancelled_through_another_process(db: Database) -> None:
    async def main() -> None:
        async with world(db, "first") as first, world(db, "second") as second:
            work = await first.launch("a", for_ever)
            await until(lambda: work.begun)
            cancelling = asyncio.create_task(second.host.cancel(work.stream, "from afar"))
            await until(lambda: cancelled_by(db) == "from afar")
            await first.pauses.end(0.5)
            assert await cancelling
            assert (await second.log("a"))[-1] == "broken off: from afar"
            assert work.ended == ["broken off: from afar"]

    asyncio.run(main())


def cancelled_by(db: Database) -> str | None:
    with db.read() as tx:
        return store.of_owner(tx, "first").get("task/a")


def test_what_was_wanted_cancelled_before_the_crash_ends_as_cancelled(db: Database) -> None:
    async def main() -> None:
        async with world(db, "first", dead=True) as w:
            await w.launch("a", for_ever)
            await db.run(w.host.request_cancel, "task/a", "wanted")
        async with world(db, "second", gone={"first"}) as w:
            assert (await w.log("a"))[-1] == "settled task/a: broken off: wanted"

    asyncio.run(main())
