"""What only the durable queue can show: death, recovery, shutdown, schedules, the server's loop, two processes."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from asterism.base.clock import stamp
from asterism.base.errors import Unavailable
from asterism.base.ids import ulid
from asterism.kernel.db import Database, open_database
from asterism.kernel.jobs import DurableJobs, Job, Status
from asterism.kernel.jobs.attempts import succeeded
from asterism.kernel.jobs.liveness import Liveness
from asterism.kernel.jobs.store import JobStore
from asterism.kernel.jobs.tables import job_schedules
from asterism.kernel.jobs.tables import jobs as table
from tests.support.databases import SqliteFactory, fresh_postgres_url
from tests.support.facts import until

WORKER = Path(__file__).parent / "worker.py"
PATIENCE = 40


@contextmanager
def running(db: Database, **handlers: object) -> Iterator[DurableJobs]:
    jobs = DurableJobs(db, backoff=(0.05,))
    for name, handler in handlers.items():
        jobs.register(name, handler)  # type: ignore[arg-type]
    jobs.start()
    try:
        yield jobs
    finally:
        jobs.close()


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.mark.slow
def test_a_job_of_a_killed_process_goes_on_and_ends_once(database_url: str, tmp_path: Path) -> None:
    diary = tmp_path / "diary.db"
    with closing(sqlite3.connect(diary)) as connection, connection:
        connection.execute("CREATE TABLE steps (n INTEGER PRIMARY KEY, process INTEGER)")
        connection.execute("CREATE TABLE ends (job TEXT)")

    with worker(database_url, diary, "begin") as first:
        assert line(first) == "reached 3"
        job_id = line(first)
        first.send_signal(signal.SIGKILL)
    with worker(database_url, diary, job_id) as second:
        assert line(second) == "done 6"
        assert second.wait(PATIENCE) == 0

    with closing(sqlite3.connect(diary)) as connection, connection:
        steps = connection.execute("SELECT n, process FROM steps ORDER BY n").fetchall()
        ends = connection.execute("SELECT job FROM ends").fetchall()
    assert [n for n, _ in steps] == [1, 2, 3, 4, 5, 6]
    assert [process for _, process in steps] == [first.pid] * 3 + [second.pid] * 3
    assert ends == [(job_id,)]


@contextmanager
def worker(url: str, diary: Path, task: str) -> "Iterator[subprocess.Popen[str]]":
    command = [sys.executable, WORKER, url, str(diary), task]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def test_what_is_enqueued_before_the_start_is_done(db: Database) -> None:
    jobs = DurableJobs(db)
    jobs.register("echo", lambda job: job.payload["n"])
    early = jobs.enqueue("echo", {"n": 7})
    jobs.start()
    try:
        assert jobs.wait(early, PATIENCE).result == 7
    finally:
        jobs.close()


def test_a_shutdown_is_quick_and_the_unfinished_goes_on_next_time(db: Database) -> None:
    entered, release = threading.Event(), threading.Event()

    def stubborn(_job: Job) -> None:
        entered.set()
        release.wait(PATIENCE)

    with running(db, work=stubborn) as jobs:
        job_id = jobs.enqueue("work", key="k")
        assert entered.wait(PATIENCE)
        began = time.monotonic()
        jobs.close(timeout=0.2)
        assert time.monotonic() - began < PATIENCE / 2
    threads = {thread for thread in threading.enumerate() if thread.name == "job-work"}
    release.set()
    until(lambda: not threads & set(threading.enumerate()))
    assert (record := jobs.get(job_id))
    assert not record.status.final, "what ends after the process let go of it is not stored"
    with running(db, work=lambda job: job.attempt) as jobs:
        done = jobs.wait(job_id, PATIENCE)
    assert (done.status, done.result) == (Status.DONE, 1)


def test_a_pause_between_attempts_keeps_no_process_alive(db: Database) -> None:
    def fail(_job: Job) -> str:
        raise RuntimeError("not yet")

    jobs = DurableJobs(db, backoff=(3600,))
    jobs.register("work", fail)
    jobs.start()
    job_id = jobs.enqueue("work", key="k")
    until(lambda: [record.attempts for record in jobs.list()] == [1])
    later = jobs.enqueue("work", key="k")
    jobs.close()
    assert later != job_id, "the paused one began already, so another may wait"
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("job")] == []
    with running(db, work=fail) as jobs:
        other = jobs.enqueue("work")
        jobs.wait(other, PATIENCE)
        assert [(record.id, record.status, record.attempts) for record in jobs.list()][1:] == [
            (later, Status.WAITING, 0),
            (job_id, Status.RUNNING, 1),
        ]


def test_a_function_may_see_the_end_coming(db: Database) -> None:
    entered = threading.Event()

    def polite(job: Job) -> None:
        entered.set()
        assert job.stopping.wait(PATIENCE)
        raise RuntimeError("stopped early")

    with running(db, work=polite) as jobs:
        job_id = jobs.enqueue("work")
        assert entered.wait(PATIENCE)
    with running(db, work=lambda job: "whole") as jobs:
        assert jobs.wait(job_id, PATIENCE).result == "whole"


def test_no_more_than_four_run_at_once_and_the_others_follow(db: Database) -> None:
    go, entered = threading.Event(), threading.Semaphore(0)

    lock, inside, most = threading.Lock(), 0, 0

    def work(_job: Job) -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        entered.release()
        assert go.wait(PATIENCE)
        with lock:
            inside -= 1

    with running(db, work=work) as jobs:
        ids = [jobs.enqueue("work") for _ in range(9)]
        assert all(entered.acquire(timeout=PATIENCE) for _ in range(4))
        go.set()
        assert {jobs.wait(job_id, PATIENCE).status for job_id in ids} == {Status.DONE}
    assert most == 4


def test_a_job_that_was_there_at_twenty_one_deaths_is_taken_for_their_cause(db: Database) -> None:
    store, dead = JobStore(db), ulid()
    deaths = {store.put("work", {}, f"k{count}", 0): count for count in (19, 20)}
    assert len(store.claim(2)) == 2
    with db.write() as tx:
        for job_id, count in deaths.items():
            tx.execute(sa.update(table).where(table.c.id == job_id).values(interruptions=count, owner=dead))
    with running(db, work=lambda job: "went on") as jobs:
        ends = {deaths[job_id] + 1: jobs.wait(job_id, PATIENCE) for job_id in deaths}
    assert (ends[20].status, ends[20].result) == (Status.DONE, "went on")
    assert (ends[21].status, ends[21].result) == (Status.FAILED, None)
    assert ends[21].error == "the process died 21 times in the middle of it"


def test_two_processes_share_jobs_and_keep_to_the_keys(db: Database) -> None:
    one, other = JobStore(db), JobStore(db)
    first = one.put("work", {}, "k", 0)
    (job,) = one.claim(4)
    second = other.put("work", {}, "k", 0)
    assert other.put("work", {}, "k", 0) == second != first
    assert other.claim(4) == [], "the first of this key runs"
    assert other.next_due() is None
    free = other.put("work", {}, None, 0)
    assert [taken.id for taken in other.claim(4)] == [free]
    other.end(job, succeeded("not mine"))
    assert (record := one.get(first))
    assert record.status is Status.RUNNING
    one.end(job, succeeded("mine"))
    assert [taken.id for taken in other.claim(4)] == [second]
    assert one.claim(4) == []


def test_many_takers_begin_each_job_once(db: Database) -> None:
    stores = [JobStore(db) for _ in range(4)]
    ids = {stores[0].put("work", {}, f"k{n}", 0) for n in range(12)}
    taken: list[str] = []

    def take(store: JobStore) -> None:
        while jobs := store.claim(3):
            taken.extend(job.id for job in jobs)

    threads = [threading.Thread(target=take, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    while jobs := stores[0].claim(3):  # whoever lost a race for all of its candidates went home
        taken.extend(job.id for job in jobs)
    assert sorted(taken) == sorted(ids)


async def chat(job: Job) -> str:
    await asyncio.sleep(0)
    return threading.current_thread().name + job.payload["tail"]


def test_coroutines_run_on_the_loop_of_the_server(db: Database) -> None:
    async def serve() -> tuple[str, str]:
        with running(db, chat=chat) as jobs:
            job_id = jobs.enqueue("chat", {"tail": "!"})
            done = await asyncio.to_thread(jobs.wait, job_id, PATIENCE)
            await asyncio.to_thread(jobs.close)
        return done.result, threading.current_thread().name

    result, loop_thread = asyncio.run(serve())
    assert result == loop_thread + "!"


def test_a_coroutine_is_cancelled_at_the_end_and_made_again(db: Database) -> None:
    async def endless(_job: Job) -> None:
        await asyncio.Event().wait()

    async def serve() -> str:
        with running(db, chat=endless) as jobs:
            job_id = jobs.enqueue("chat")
            await asyncio.to_thread(until, lambda: (record := jobs.get(job_id)) and record.status is Status.RUNNING)
            await asyncio.to_thread(jobs.close, PATIENCE)
        return job_id

    job_id = asyncio.run(serve())
    with running(db, chat=lambda job: "whole") as jobs:
        assert jobs.wait(job_id, PATIENCE).result == "whole"


def test_a_schedule_rings_at_the_start_and_again(db: Database) -> None:
    rung = threading.Semaphore(0)
    jobs = DurableJobs(db)
    jobs.register("tick", lambda job: rung.release())
    jobs.schedule("tick", seconds=1, at_start=True)
    jobs.start()
    try:
        assert all(rung.acquire(timeout=PATIENCE) for _ in range(3))
        assert {record.key for record in jobs.list(name="tick")} == {"tick"}
    finally:
        jobs.close()


def test_a_moment_that_nobody_saw_is_made_up_for_once(db: Database) -> None:
    rung = threading.Semaphore(0)

    def started() -> DurableJobs:
        jobs = DurableJobs(db)
        jobs.register("nightly", lambda job: rung.release())
        jobs.register("other", lambda job: None)
        jobs.schedule("nightly", seconds=86_400)
        jobs.start()
        return jobs

    def restart(missed_days: int) -> None:
        with db.write() as tx:
            at = stamp(datetime.now(UTC) - timedelta(days=missed_days))
            tx.execute(sa.update(job_schedules).values(rung_at=at))
        settle(started())

    def settle(jobs: DurableJobs) -> None:
        try:
            jobs.wait(jobs.enqueue("other"), PATIENCE)
            until(lambda: all(record.status.final for record in jobs.list()))
        finally:
            jobs.close()

    settle(started())
    assert not rung.acquire(blocking=False), "a new schedule begins with its next moment"
    restart(5)
    assert rung.acquire(timeout=PATIENCE)
    settle(started())
    assert not rung.acquire(blocking=False)


def test_a_job_that_no_release_knows_any_more_fails_and_says_so(db: Database) -> None:
    with running(db, old=lambda job: None) as jobs:
        job_id = jobs.enqueue("old", delay=1)
    with running(db) as jobs:
        done = jobs.wait(job_id, PATIENCE)
    assert (done.status, done.error) == (Status.FAILED, "LookupError: no job is called old")


BREAK_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
REFUSAL = """
CREATE TRIGGER full BEFORE UPDATE ON jobs WHEN NEW.ended_at IS NOT NULL
BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END
"""


def test_an_end_that_the_database_did_not_take_is_made_again(sqlite_factory: SqliteFactory) -> None:
    db = open_database(sqlite_factory.url())
    made: list[int] = []

    def work(job: Job) -> int:
        made.append(job.attempt)
        with db.write() as tx:
            tx.execute(sa.text(REFUSAL if len(made) == 1 else "DROP TRIGGER full"))
        return len(made)

    with running(db, work=work) as jobs:
        done = jobs.wait(jobs.enqueue("work"), PATIENCE)
    db.close()
    assert (done.status, done.result, done.attempts, made) == (Status.DONE, 2, 1, [1, 1])


class Crowded(threading.Thread):
    """A thread for which there is place at the second try only."""

    tries = 0

    def start(self) -> None:
        Crowded.tries += 1
        if Crowded.tries == 1:
            raise RuntimeError("can't start new thread")
        super().start()


def test_a_job_that_finds_no_thread_is_begun_later(db: Database) -> None:
    Crowded.tries = 0
    jobs = DurableJobs(db, backoff=(0.05,), thread=Crowded)
    jobs.register("work", lambda job: job.attempt)
    jobs.start()
    try:
        done = jobs.wait(jobs.enqueue("work"), PATIENCE)
    finally:
        jobs.close()
    assert Crowded.tries == 2
    assert (done.status, done.result) == (Status.DONE, 1)


def test_a_queue_that_waits_asks_nothing(db: Database) -> None:
    asked: list[str] = []
    done = threading.Event()
    with running(db, work=lambda job: done.set()) as jobs:
        jobs.wait(jobs.enqueue("work"), PATIENCE)
        assert done.is_set()
        done.clear()
        sa.event.listen(db.engine, "before_cursor_execute", lambda *what: asked.append(what[2]))
        jobs.enqueue("work", delay=1)
        assert done.wait(PATIENCE)
        assert len(asked) < 20, "a few when it is stored, a few when it is due"


def test_a_process_of_several_takes_over_what_a_dead_one_left() -> None:
    db = open_database(fresh_postgres_url())
    dead, living = JobStore(db), JobStore(db)
    held = Liveness(db, living.owner)
    left = dead.put("work", {}, "left", 0)
    dead.claim(1)
    kept = living.put("work", {}, "kept", 0)
    living.claim(1)
    with running(db, work=lambda job: "taken over") as jobs:
        assert jobs.wait(left, PATIENCE).result == "taken over"
        assert (record := jobs.get(kept))
        assert record.status is Status.RUNNING
    held.close()
    with running(db, work=lambda job: "taken over") as jobs:
        assert jobs.wait(kept, PATIENCE).result == "taken over"
    db.close()


def test_a_start_that_broke_off_takes_its_own_lock_for_its_own() -> None:
    db = open_database(fresh_postgres_url())
    refused: list[int] = []

    def refuse_once(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO jobs") and not refused:
            refused.append(1)
            raise sa.exc.OperationalError(statement, None, Exception("the connection was lost"))

    sa.event.listen(db.engine, "before_cursor_execute", refuse_once)
    rung = threading.Event()
    jobs = DurableJobs(db, pause=0.05)
    jobs.register("tick", lambda job: rung.set())
    jobs.schedule("tick", seconds=3600, at_start=True)
    jobs.start()
    try:
        assert rung.wait(PATIENCE)
    finally:
        jobs.close()
    assert refused
    db.close()


def test_a_process_whose_lock_was_lost_takes_it_again() -> None:
    db = open_database(fresh_postgres_url())
    mine = Liveness(db, "me")
    with db.write() as tx:
        tx.execute(sa.text(BREAK_OTHERS))
    with pytest.raises(Unavailable):
        mine.dead([])
    other = Liveness(db, "other")
    assert other.dead(["me"]) == ["me"]
    assert mine.dead(["other", "nobody"]) == ["nobody"]
    assert other.dead(["me"]) == []
    mine.close()
    assert other.dead(["me"]) == ["me"]
    other.close()
    db.close()
