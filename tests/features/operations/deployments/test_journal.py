"""The log of a deployment holds its beginning and its end, whatever comes between."""

import asyncio

import pytest

from asterism.base.clock import ManualClock
from asterism.features.operations.deployments import journal, store
from asterism.features.operations.deployments.journal import CUT, EACH_END, MOST_BYTES, Journal
from asterism.features.operations.deployments.models import Step
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
