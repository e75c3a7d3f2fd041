"""What only the durable queue can show: death, recovery, shutdown, schedules, the server's loop."""

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
from pathlib import Path

import pytest
from dbos import DBOSConfig

from asterism.kernel.jobs import DurableJobs, Job, Status, carry_jobs, waiting_jobs
from asterism.kernel.jobs.engine import Engine
from tests.support.databases import drop_postgres, fresh_postgres_url

WORKER = Path(__file__).parent / "worker.py"
PATIENCE = 40


@contextmanager
def running(url: str, **handlers: object) -> Iterator[DurableJobs]:
    jobs = DurableJobs(url, backoff=(0.05,), poll_seconds=0.05)
    for name, handler in handlers.items():
        jobs.register(name, handler)  # type: ignore[arg-type]
    jobs.start()
    try:
        yield jobs
    finally:
        jobs.close()


def sqlite(folder: Path) -> str:
    return f"sqlite:///{folder}/jobs.db"


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_job_of_a_killed_process_goes_on_and_ends_once(engine: str, tmp_path: Path) -> None:
    url = sqlite(tmp_path) if engine == "sqlite" else fresh_postgres_url()
    diary = tmp_path / "diary.db"
    with closing(sqlite3.connect(diary)) as connection, connection:
        connection.execute("CREATE TABLE steps (n INTEGER PRIMARY KEY, process INTEGER)")
        connection.execute("CREATE TABLE ends (job TEXT)")

    with worker(url, diary, "begin") as first:
        assert line(first) == "reached 3"
        job_id = line(first)
        first.send_signal(signal.SIGKILL)
    with worker(url, diary, job_id) as second:
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


def test_jobs_that_wait_are_carried_to_another_database(tmp_path: Path) -> None:
    assert waiting_jobs(tmp_path / "jobs.db") == ()
    with running(sqlite(tmp_path), echo=lambda job: job.payload["n"]) as jobs:
        ended = jobs.enqueue("echo", {"n": 0})
        jobs.wait(ended, PATIENCE)
        ids = [jobs.enqueue("echo", {"n": n}, key=f"k{n}", delay=3600) for n in (1, 2)]
    carried = waiting_jobs(tmp_path / "jobs.db")
    assert [(job.id, job.name, job.payload["n"], job.key) for job in carried] == [
        (ids[0], "echo", 1, "k1"),
        (ids[1], "echo", 2, "k2"),
    ]
    url = fresh_postgres_url()
    carry_jobs(carried, url)
    carry_jobs(carried, url)  # the copy broke off after it, and was taken up
    with running(url, echo=lambda job: job.payload["n"]) as jobs:
        assert [jobs.wait(one, PATIENCE).result for one in ids] == [1, 2]
        assert len(jobs.list()) == 2
    drop_postgres(url)


def test_what_is_enqueued_before_the_engine_is_up_is_not_lost(tmp_path: Path) -> None:
    jobs = DurableJobs(sqlite(tmp_path), poll_seconds=0.05)
    jobs.register("echo", lambda job: job.payload["n"])
    early = jobs.enqueue("echo", {"n": 7})
    jobs.start()
    try:
        assert jobs.wait(early, PATIENCE).result == 7
    finally:
        jobs.close()


def test_a_shutdown_is_quick_and_the_unfinished_goes_on_next_time(tmp_path: Path) -> None:
    entered, release = threading.Event(), threading.Event()

    def stubborn(_job: Job) -> None:
        entered.set()
        release.wait(PATIENCE)

    with running(sqlite(tmp_path), work=stubborn) as jobs:
        job_id = jobs.enqueue("work", key="k")
        assert entered.wait(PATIENCE)
        began = time.monotonic()
        jobs.close(timeout=0.2)
        assert time.monotonic() - began < PATIENCE / 2
    release.set()
    with running(sqlite(tmp_path), work=lambda job: job.attempt) as jobs:
        done = jobs.wait(job_id, PATIENCE)
    assert (done.status, done.result) == (Status.DONE, 1)


def test_a_pause_between_attempts_keeps_no_process_alive(tmp_path: Path) -> None:
    tried = threading.Event()

    def fail(job: Job) -> str:
        if tried.is_set():
            return f"attempt {job.attempt}"
        tried.set()
        raise RuntimeError("not yet")

    jobs = DurableJobs(sqlite(tmp_path), backoff=(3600,), poll_seconds=0.05)
    jobs.register("work", fail)
    jobs.start()
    job_id = jobs.enqueue("work")
    assert tried.wait(PATIENCE)
    jobs.close()
    assert [t.name for t in threading.enumerate() if t.name.startswith("dbos-executor") and t.is_alive()] == []
    with running(sqlite(tmp_path), work=fail) as jobs:
        assert jobs.wait_until_started(PATIENCE)
        record = jobs.get(job_id)
        assert record
        assert not record.status.final


def test_a_function_may_see_the_end_coming(tmp_path: Path) -> None:
    entered = threading.Event()

    def polite(job: Job) -> None:
        entered.set()
        assert job.stopping.wait(PATIENCE)
        raise RuntimeError("stopped early")

    with running(sqlite(tmp_path), work=polite) as jobs:
        job_id = jobs.enqueue("work")
        assert entered.wait(PATIENCE)
    with running(sqlite(tmp_path), work=lambda job: "whole") as jobs:
        assert jobs.wait(job_id, PATIENCE).result == "whole"


def test_a_job_that_was_there_at_twenty_one_crashes_is_taken_for_their_cause(tmp_path: Path) -> None:
    entered = threading.Semaphore(0)

    def fall(job: Job) -> None:
        entered.release()
        assert job.stopping.wait(PATIENCE)
        raise RuntimeError("the process ends")

    with running(sqlite(tmp_path), work=fall) as jobs:
        starts = {jobs.enqueue("work", key=f"k{count}"): count for count in (20, 21)}
        assert all(entered.acquire(timeout=PATIENCE) for _ in starts)
    with closing(sqlite3.connect(tmp_path / "jobs.db")) as connection, connection:
        count = "UPDATE workflow_status SET recovery_attempts = ? WHERE workflow_uuid = ?"
        assert [connection.execute(count, (n, job_id)).rowcount for job_id, n in starts.items()] == [1, 1]
    with running(sqlite(tmp_path), work=lambda job: "went on") as jobs:
        ends = {n: jobs.wait(job_id, PATIENCE) for job_id, n in starts.items()}
    assert (ends[20].status, ends[20].result) == (Status.DONE, "went on")
    assert (ends[21].status, ends[21].result) == (Status.FAILED, None)
    assert ends[21].error


async def chat(job: Job) -> str:
    await asyncio.sleep(0)
    return threading.current_thread().name + job.payload["tail"]


def test_coroutines_run_on_the_loop_of_the_server(tmp_path: Path) -> None:
    async def serve() -> tuple[str, str]:
        with running(sqlite(tmp_path), chat=chat) as jobs:
            job_id = jobs.enqueue("chat", {"tail": "!"})
            done = await asyncio.to_thread(jobs.wait, job_id, PATIENCE)
            await asyncio.to_thread(jobs.close)
        return done.result, threading.current_thread().name

    result, loop_thread = asyncio.run(serve())
    assert result == loop_thread + "!"


def test_a_schedule_rings_at_the_start_and_again(tmp_path: Path) -> None:
    rung = threading.Semaphore(0)
    jobs = DurableJobs(sqlite(tmp_path), poll_seconds=0.05)
    jobs.register("tick", lambda job: rung.release())
    jobs.schedule("tick", seconds=1, at_start=True)
    jobs.start()
    try:
        assert all(rung.acquire(timeout=PATIENCE) for _ in range(3))
        assert {record.key for record in jobs.list(name="tick")} == {"tick"}
    finally:
        jobs.close()


def test_a_job_that_no_release_knows_any_more_fails_and_says_so(tmp_path: Path) -> None:
    with running(sqlite(tmp_path), old=lambda job: None) as jobs:
        job_id = jobs.enqueue("old", delay=1)
        assert jobs.wait_until_started(PATIENCE)
    with running(sqlite(tmp_path)) as jobs:
        done = jobs.wait(job_id, PATIENCE)
    assert (done.status, done.error) == (Status.FAILED, "LookupError: no job is called old")


def test_starting_returns_before_the_engine_is_up(tmp_path: Path) -> None:
    with running(sqlite(tmp_path)) as jobs:
        assert not jobs.wait_until_started(0)
        assert jobs.wait_until_started(PATIENCE)


def test_the_engine_is_told_only_what_it_knows_and_its_listener_keeps_nobody_waiting(tmp_path: Path) -> None:
    engine = Engine(sqlite(tmp_path), 1, run=lambda *_: {}, ring=lambda _: None)
    config = engine._config()
    assert set(config) <= set(DBOSConfig.__annotations__)
    assert config["notification_listener_polling_interval_sec"] <= 0.2  # closing waits for a sleep of this length
