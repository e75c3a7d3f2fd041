"""The log of a deployment holds its beginning and its end, whatever comes between."""

import asyncio
from typing import Any, cast

import pytest

from asterism.base.clock import ManualClock
from asterism.base.errors import Unavailable
from asterism.features.operations.deployments import journal, store
from asterism.features.operations.deployments.journal import CUT, EACH_END, MOST_BYTES, Journal
from asterism.features.operations.deployments.models import LogEntry, Step
from asterism.kernel.db import Database


class Kept:
    """Counts as the store would."""

    def __init__(self, db: Database, clock: ManualClock) -> None:
        self.journal = Journal(db, clock, "none")
        self.pieces: dict[int, int] = {}

    def add(self, number: int, size: int) -> None:
        gone = self.journal._count(number, size)
        self.pieces[number] = size
        if gone is not None:
            for one in range(gone[0], gone[1] + 1):
                self.pieces.pop(one, None)


@pytest.mark.parametrize("size", [1000, 99_999, 400_000])
def test_the_middle_goes_and_both_ends_stay(db: Database, clock: ManualClock, size: int) -> None:
    kept = Kept(db, clock)
    for number in range(12_000_000 // size):
        kept.add(number, size)
        assert sum(kept.pieces.values()) <= MOST_BYTES
    last = 12_000_000 // size - 1
    assert {0, last, last - 1} <= kept.pieces.keys()
    assert sum(kept.pieces.values()) > 2 * (EACH_END - 2 * size)


def test_a_program_that_floods_loses_its_middle(db: Database, clock: ManualClock) -> None:
    async def scenario() -> None:
        log = Journal(db, clock, "none")
        for number in range(journal._WAITING_LINES + 1):
            log.say(Step.BUILD, str(number))
        first = log._waiting[0].content
        assert first == str(journal._WAITING_LINES // 2)
        assert log._dropped
        await log.close()

    asyncio.run(scenario())
    with db.read() as tx:
        assert store.log(tx, "none") == []  # no such deployment: nothing is stored, nothing fails
    assert CUT


class Stubborn:
    """A database that takes nothing until it is told to."""

    def __init__(self) -> None:
        self.down = True
        self.stored: list[str] = []

    async def run(self, _store: Any, piece: Any) -> None:
        if self.down:
            raise Unavailable("The disk is full.")
        self.stored += [entry.content for entry in piece.entries]


def test_what_a_full_disk_refused_is_stored_once_when_there_is_room_and_fails_nothing(clock: ManualClock) -> None:
    db, told = Stubborn(), list[str]()

    async def tell(entries: list[LogEntry]) -> None:
        told.extend(entry.content for entry in entries)

    async def scenario() -> None:
        log = Journal(cast(Database, db), clock, "one", tell)
        log.say(Step.BUILD, "first")
        with pytest.raises(Unavailable):
            await log.flush()
        log.say(Step.BUILD, "second")
        await log.close()
        assert (db.stored, told) == ([], [])
        db.down = False
        await log.settle()

    asyncio.run(scenario())
    assert db.stored == told == ["first", "second"]
