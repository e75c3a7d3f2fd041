"""Clean-up: batch by batch until nothing is left, and one bad chore does not stop the rest."""

import pytest

from asterism.features.operations import maintenance
from asterism.kernel.db import Database, Tx
from asterism.kernel.jobs import MemoryJobs, Status


class Heap:
    """A chore over a number of things that are over."""

    def __init__(self, size: int, batch: int = 20) -> None:
        self.size, self.batch, self.transactions = size, batch, set[int]()

    def __call__(self, tx: Tx) -> int:
        self.transactions.add(id(tx.connection))
        taken = min(self.size, self.batch)
        self.size -= taken
        return taken


def broken(_tx: Tx) -> int:
    raise RuntimeError("out of order")


def quiet(_tx: Tx) -> None:
    return None


def test_a_chore_is_repeated_until_nothing_is_left(db: Database) -> None:
    heap = Heap(50)
    assert maintenance.do_chores(db, {"heap": heap, "quiet": quiet}) == {"heap": 50, "quiet": 0}
    assert heap.size == 0


def test_a_broken_chore_is_named_and_the_others_are_done(db: Database) -> None:
    heap = Heap(5)
    with pytest.raises(maintenance.ChoresFailed, match="Not done: broken"):
        maintenance.do_chores(db, {"broken": broken, "heap": heap})
    assert heap.size == 0


def test_both_jobs_have_their_times_and_keep_what_they_removed(db: Database) -> None:
    jobs = MemoryJobs()
    maintenance.register(jobs, db, expiry={"codes": Heap(3)}, retention={"events": Heap(4)})
    jobs.start()
    (expiry,) = jobs.list()
    assert jobs.wait(expiry.id, 1).result == {"codes": 3}
    retention = jobs.wait(jobs.fire(maintenance.RETENTION), 1)
    assert (retention.status, retention.result) == (Status.DONE, {"events": 4})
    assert {name: s.seconds for name, s in jobs.schedules.items()} == {
        "maintenance.expiry": 600,
        "maintenance.retention": 86400,
    }
