"""Transactions behave alike on both engines."""

import asyncio
import threading
from contextlib import ExitStack

import pytest
import sqlalchemy as sa

from asterism.base.errors import ShuttingDown
from asterism.kernel.db import Database, Tx, open_database
from asterism.kernel.db.database import READERS
from asterism.kernel.db.resting import MOST_REMEMBERED

NOTES = sa.table("notes", sa.column("id"), sa.column("text"))


@pytest.fixture
def notes(db: Database) -> Database:
    """Add a table to write into."""
    with db.write() as tx:
        tx.execute(sa.text("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)"))
    return db


def add(tx: Tx, number: int, text: str = "x") -> None:
    tx.execute(sa.insert(NOTES).values(id=number, text=text))


def count(db: Database) -> int:
    with db.read() as tx:
        return int(tx.scalar(sa.select(sa.func.count()).select_from(NOTES)))


def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(notes: Database) -> None:
    with notes.read() as tx:
        before = tx.all(sa.select(NOTES))
        with notes.write() as writing:
            add(writing, 1)
        assert tx.all(sa.select(NOTES)) == before == []
    assert count(notes) == 1


def test_a_failed_transaction_writes_nothing_and_calls_nobody(notes: Database) -> None:
    called: list[str] = []

    def write_and_fail() -> None:
        with notes.write() as tx:
            add(tx, 1)
            tx.after_commit(lambda: called.append("late"))
            raise RuntimeError("after writing")

    with pytest.raises(RuntimeError, match="after writing"):
        write_and_fail()
    assert count(notes) == 0
    assert called == []


def test_callbacks_run_after_the_commit_is_visible(notes: Database) -> None:
    seen: list[int] = []
    with notes.write() as tx:
        add(tx, 1)
        tx.after_commit(lambda: seen.append(count(notes)))
    assert seen == [1]


def test_listeners_hear_once_after_the_commit_and_nothing_of_a_failure(notes: Database) -> None:
    heard: list[tuple[str, int]] = []
    notes.listen("moved", lambda about: heard.append((about, count(notes))))
    with notes.write() as tx:
        add(tx, 1)
        for topic, about in (("moved", "a"), ("moved", "b"), ("moved", "a"), ("other", "a")):
            tx.tell(topic, about)
        assert heard == []
    assert heard == [("a", 1), ("b", 1)]

    def tell_and_fail() -> None:
        with notes.write() as tx:
            tx.tell("moved", "c")
            raise RuntimeError("after telling")

    with pytest.raises(RuntimeError, match="after telling"):
        tell_and_fail()
    assert len(heard) == 2


def test_a_read_modify_write_is_not_lost_between_threads(notes: Database) -> None:
    with notes.write() as tx:
        add(tx, 1, "0")

    def increment() -> None:
        for _ in range(20):
            with notes.write() as tx:
                row = tx.one(sa.select(NOTES.c.text).where(NOTES.c.id == 1).with_for_update())
                assert row is not None
                tx.execute(sa.update(NOTES).where(NOTES.c.id == 1).values(text=str(int(row["text"]) + 1)))

    threads = [threading.Thread(target=increment) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with notes.read() as tx:
        assert tx.scalar(sa.select(NOTES.c.text)) == "80"


async def hops(db: Database) -> list[int]:
    await asyncio.gather(*(db.run(add, n) for n in range(10)))
    return sorted(await db.run_read(lambda tx: [row["id"] for row in tx.all(sa.select(NOTES.c.id))]))


def test_async_callers_share_the_database(notes: Database) -> None:
    assert asyncio.run(hops(notes)) == list(range(10))


def test_connections_that_rest_are_few_and_none_comes_from_a_failure(notes: Database) -> None:
    pool = notes.engine.pool
    assert isinstance(pool, sa.QueuePool)
    with ExitStack() as stack:
        for _ in range(READERS * 2):
            count_in = stack.enter_context(notes.read())
            assert count_in.scalar(sa.select(sa.func.count()).select_from(NOTES)) == 0
        assert pool.checkedout() == READERS * 2
    rests = READERS if notes.dialect == "sqlite" else 0
    assert pool.checkedout() == rests
    with pytest.raises(RuntimeError, match="while reading"), notes.read():
        raise RuntimeError("while reading")
    assert pool.checkedout() == max(0, rests - 1)
    notes.close()
    assert pool.checkedout() == 0


def test_a_resting_connection_sees_what_was_written_since(notes: Database) -> None:
    assert count(notes) == 0
    with notes.write() as tx:
        add(tx, 1)
    assert count(notes) == 1


def test_what_is_quick_is_read_without_a_hop_where_that_waits_for_nobody(notes: Database) -> None:
    with notes.write() as tx:
        add(tx, 1)
    with notes.write():  # a writer keeps no reader waiting
        where, found = asyncio.run(notes.run_quick(lambda tx: (threading.current_thread(), _count(tx))))
    assert (where is threading.main_thread(), found) == (notes.dialect == "sqlite", 1)
    notes.close()
    with pytest.raises(ShuttingDown):
        asyncio.run(notes.run_quick(_count))


def _count(tx: Tx) -> int:
    return int(tx.scalar(sa.select(sa.func.count()).select_from(NOTES)))


def test_who_asks_a_closed_database_hears_that_the_server_stops(notes: Database) -> None:
    notes.close()
    with pytest.raises(ShuttingDown):
        asyncio.run(notes.run_read(lambda tx: tx.scalar(sa.select(sa.func.count()).select_from(NOTES))))


def recalled(db: Database, about: str = "a") -> tuple[int, bool]:
    """Return how many notes a transaction recalls, and whether it had to ask."""
    asked: list[int] = []

    def read() -> int:
        asked.append(1)
        return _count(tx) + 1

    with db.read() as tx:
        found = tx.recall(("notes", about), read)
        assert found is not None
        return found - 1, bool(asked)


def test_what_was_read_is_recalled_until_anybody_commits(notes: Database, database_url: str) -> None:
    asks = notes.dialect != "sqlite"
    assert [recalled(notes), recalled(notes)] == [(0, True), (0, asks)]
    with notes.write() as tx:
        add(tx, 1)
        tx.recall(("notes", "a"), lambda: 77)
        assert recalled(notes) == (0, asks)  # it is not committed yet
    assert [recalled(notes), recalled(notes), recalled(notes, "b")] == [(1, True), (1, asks), (1, True)]
    other = open_database(database_url)  # as another process does
    with other.write() as tx:
        add(tx, 2)
    other.close()
    assert [recalled(notes), recalled(notes)] == [(2, True), (2, asks)]


def test_nothing_is_recalled_of_another_moment_than_the_one_that_is_seen(notes: Database) -> None:
    with notes.read() as tx:
        assert _count(tx) == 0  # this moment is what it sees
        with notes.write() as writing:
            add(writing, 1)
        assert tx.recall(("notes", "a"), lambda: _count(tx) + 1) == 1
    assert recalled(notes) == (1, True)


def test_what_is_not_there_is_not_remembered_nor_is_everything(notes: Database) -> None:
    with notes.read() as tx:
        assert tx.recall(("notes", "a"), lambda: None) is None
    for number in range(MOST_REMEMBERED):
        with notes.read() as tx:
            tx.recall(("number", str(number)), lambda number=number: number)
    assert recalled(notes) == (0, True)
    assert recalled(notes) == (0, notes.dialect != "sqlite")
