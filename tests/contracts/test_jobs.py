"""One suite for every queue of jobs: the fake, and the durable one on SQLite and on PostgreSQL."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from asterism.base.errors import NotFound, Unavailable
from asterism.base.ids import ulid
from asterism.kernel.db import open_database
from asterism.kernel.jobs import DurableJobs, Job, JobQueue, MemoryJobs, Status
from tests.support.databases import SqliteFactory, fresh_postgres_url

SOON = (0.05, 0.1, 0.1)
PATIENCE = 30


@dataclass
class Workshop:
    """A queue with a few jobs in it whose behaviour the payload decides."""

    jobs: JobQueue
    made: Counter[str] = field(default_factory=Counter)
    at_once: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.jobs.register("echo", lambda job: {"payload": job.payload, "key": job.key, "attempt": job.attempt})
        self.jobs.register("flaky", self.flaky)
        self.jobs.register("refuse", self.refuse)
        self.jobs.register("alone", self.alone)

    def flaky(self, job: Job) -> int:
        self.made[job.id] += 1
        if job.attempt <= job.payload["failures"]:
            raise Unavailable("The shop is shut.")
        return job.attempt

    def refuse(self, job: Job) -> None:
        self.made[job.id] += 1
        raise NotFound("No such workspace.")

    def alone(self, job: Job) -> None:
        assert job.key
        with self.lock:
            self.at_once[job.key] += 1
            self.most[job.key] = max(self.most[job.key], self.at_once[job.key])
        with self.lock:
            self.at_once[job.key] -= 1


@pytest.fixture(scope="module", params=["memory", "sqlite", pytest.param("postgresql")])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    if request.param == "memory":
        yield Workshop(MemoryJobs(backoff=SOON))
        return
    folder: Path = tmp_path_factory.mktemp("jobs")
    db = open_database(SqliteFactory(folder).url() if request.param == "sqlite" else fresh_postgres_url())
    jobs = DurableJobs(db, backoff=SOON)
    workshop = Workshop(jobs)
    jobs.start()
    yield workshop
    jobs.close()
    db.close()


def test_a_record_says_when_a_job_was_stored_begun_and_ended(shop: Workshop) -> None:
    done = shop.jobs.wait(shop.jobs.enqueue("echo", {}), PATIENCE)
    assert done.created_at is not None
    assert done.started_at is not None
    assert done.ended_at is not None
    assert done.created_at <= done.started_at <= done.ended_at


def test_a_job_runs_and_its_result_is_kept(shop: Workshop) -> None:
    job_id = shop.jobs.enqueue("echo", {"numbers": [1, 2], "text": "héllo", "none": None}, key=ulid())
    done = shop.jobs.wait(job_id, PATIENCE)
    assert done.status is Status.DONE
    assert done.name == "echo"
    assert done.result == {"payload": {"numbers": [1, 2], "text": "héllo", "none": None}, "key": done.key, "attempt": 1}
    assert shop.jobs.get(job_id) == done
    assert shop.jobs.list(name="echo", limit=1) == [done]
    assert done in shop.jobs.list(limit=5)
    assert not shop.jobs.list(name="ech")


def test_a_passing_failure_is_tried_again(shop: Workshop) -> None:
    job_id = shop.jobs.enqueue("flaky", {"failures": 2})
    done = shop.jobs.wait(job_id, PATIENCE)
    assert (done.status, done.result, done.attempts) == (Status.DONE, 3, 3)
    assert shop.made[job_id] == 3


def test_after_the_fourth_failure_it_has_failed(shop: Workshop) -> None:
    job_id = shop.jobs.enqueue("flaky", {"failures": 9})
    done = shop.jobs.wait(job_id, PATIENCE)
    assert (done.status, done.attempts) == (Status.FAILED, 4)
    assert done.error == "UNAVAILABLE: The shop is shut."
    assert shop.made[job_id] == 4


def test_a_failure_that_would_repeat_is_final_at_once(shop: Workshop) -> None:
    job_id = shop.jobs.enqueue("refuse")
    done = shop.jobs.wait(job_id, PATIENCE)
    assert (done.status, done.attempts, done.error) == (Status.FAILED, 1, "NOT_FOUND: No such workspace.")
    assert shop.made[job_id] == 1


def test_waiting_jobs_of_one_key_are_one(shop: Workshop) -> None:
    key = ulid()
    first = shop.jobs.enqueue("echo", {"n": 1}, key=key, delay=1)
    assert shop.jobs.enqueue("echo", {"n": 2}, key=key, delay=1) == first
    assert shop.jobs.enqueue("echo", {"n": 3}, key="other " + key) != first
    assert shop.jobs.wait(first, PATIENCE).result["payload"] == {"n": 1}
    assert shop.jobs.enqueue("echo", {"n": 4}, key=key) != first


def test_jobs_of_one_key_never_overlap(shop: Workshop) -> None:
    key = ulid()
    ids = set()
    for _ in range(4):
        job_id = shop.jobs.enqueue("alone", key=key)
        ids.add(job_id)
        shop.jobs.wait(job_id, PATIENCE)
    assert len(ids) == 4
    assert shop.most[key] == 1


def test_a_name_that_nobody_does_is_refused(shop: Workshop) -> None:
    with pytest.raises(LookupError, match="no job is called dance"):
        shop.jobs.enqueue("dance")
    with pytest.raises(ValueError, match="registered twice"):
        shop.jobs.register("echo", shop.refuse)


def test_an_unknown_job_is_none(shop: Workshop) -> None:
    assert shop.jobs.get(ulid()) is None
    with pytest.raises((LookupError, TimeoutError)):
        shop.jobs.wait(ulid(), 1)


def test_ended_jobs_are_forgotten_after_their_time(shop: Workshop) -> None:
    job_id = shop.jobs.enqueue("echo")
    shop.jobs.wait(job_id, PATIENCE)
    shop.jobs.forget(datetime(2020, 1, 1, tzinfo=UTC))
    assert shop.jobs.get(job_id) is not None
    assert shop.jobs.forget(datetime.now(UTC) + timedelta(days=800)) >= 1
    assert shop.jobs.get(job_id) is None
