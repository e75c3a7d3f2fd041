"""What releases before schema 0043 left: a library's file beside SQLite, its schema in PostgreSQL."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from asterism.kernel.db import Database, open_database
from asterism.kernel.jobs import DurableJobs, Status, take_over
from asterism.kernel.jobs.predecessor import LOCK_CLASS
from tests.support.databases import fresh_postgres_url

ENDED, DELAYED, PENDING, TWIN = "092c79e8-1", "092c79e8-2", "51280dab-3", "092c79e8-4"
TABLES = (
    """CREATE TABLE {0}workflow_status (
        workflow_uuid TEXT PRIMARY KEY, status TEXT, name TEXT, executor_id TEXT, recovery_attempts BIGINT,
        created_at BIGINT, queue_name TEXT, queue_partition_key TEXT, serialization TEXT
    )""",
    """CREATE TABLE {0}workflow_input (
        workflow_uuid TEXT NOT NULL PRIMARY KEY, inputs TEXT, retention_timestamp BIGINT NOT NULL
    )""",
)
STATUS = "INSERT INTO {0}workflow_status VALUES ('{1}', '{2}', '{3}', 'local', 1, {4}, 'jobs', NULL, 'portable_json')"
INPUT = "INSERT INTO {0}workflow_input VALUES ('{1}', '{2}', 1795947041000)"
ROWS = (
    (ENDED, "SUCCESS", "job", '["092c79e8-1","echo",{"n":0},null]'),
    (PENDING, "PENDING", "job", '["51280dab-3","echo",{"n":2},"k2"]'),
    (DELAYED, "DELAYED", "job", '["092c79e8-2","echo",{"n":1,"text":"héllo"},"k1"]'),
    (TWIN, "ENQUEUED", "job", '["092c79e8-4","echo",{"n":3},"k1"]'),
    ("bell-1", "PENDING", "bell", '["2026-11-29T10:10:00+00:00","maintenance.expiry"]'),
)


def statements(schema: str) -> Sequence[str]:
    made = [table.format(schema) for table in TABLES]
    for place, (job_id, status, name, arguments) in enumerate(ROWS):
        made.append(STATUS.format(schema, job_id, status, name, 1795947041000 + place))
        made.append(INPUT.format(schema, job_id, '{"namedArgs":{},"positionalArgs":' + arguments + "}"))
    return made


@pytest.fixture
def left(db: Database, tmp_path: Path) -> Callable[[], bool]:
    """Make what the library leaves, beside `db` or in it; the function says whether it is there."""
    if db.dialect == "sqlite":
        with closing(sqlite3.connect(tmp_path / "jobs.db")) as connection, connection:
            for statement in statements(""):
                connection.execute(statement)
        return (tmp_path / "jobs.db").exists
    with db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA asterism_jobs")
        for statement in statements("asterism_jobs."):
            connection.exec_driver_sql(statement)

    def is_there() -> bool:
        with db.read() as tx:
            return tx.scalar(sa.text("SELECT to_regnamespace('asterism_jobs')")) is not None

    return is_there


def done(db: Database) -> dict[str, object]:
    jobs = DurableJobs(db)
    jobs.register("echo", lambda job: job.payload)
    jobs.start()
    try:
        return {record.id: jobs.wait(record.id, 40).result for record in jobs.list()}
    finally:
        jobs.close()


def test_the_unfinished_goes_on_under_its_id(db: Database, left: Callable[[], bool], tmp_path: Path) -> None:
    assert left()
    take_over(db, tmp_path / "jobs.db")
    assert not left()
    assert not list(tmp_path.glob("jobs.db*"))
    assert done(db) == {PENDING: {"n": 2}, DELAYED: {"n": 1, "text": "héllo"}}, "one of a key waits"
    take_over(db, tmp_path / "jobs.db")
    assert len(done(db)) == 2


def test_where_nothing_is_left_nothing_happens(db: Database, tmp_path: Path) -> None:
    take_over(db, tmp_path / "jobs.db")
    assert done(db) == {}
    if db.dialect == "sqlite":
        (tmp_path / "jobs.db").touch()  # it died before it had made its tables
        take_over(db, tmp_path / "jobs.db")
        assert not list(tmp_path.iterdir())


def test_a_server_of_another_database_holds_up_nobody(db: Database, left: Callable[[], bool], tmp_path: Path) -> None:
    if db.dialect == "sqlite":
        take_over(db, tmp_path / "jobs.db")  # a file has one server: there is nobody to look for
    else:
        other = open_database(fresh_postgres_url())
        with other.engine.connect() as old:
            old.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK_CLASS}, 7)")
            take_over(db, tmp_path / "jobs.db")
        other.close()
    assert not left()


def test_a_take_over_that_broke_off_is_done_again(db: Database, left: Callable[[], bool], tmp_path: Path) -> None:
    if db.dialect != "sqlite":
        with db.engine.connect() as old:
            old.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK_CLASS}, 7)")
            take_over(db, tmp_path / "jobs.db")
            assert left(), "a server of the earlier release still runs them"
            old.exec_driver_sql(f"SELECT pg_advisory_unlock({LOCK_CLASS}, 7)")
            old.rollback()
    else:
        content = (tmp_path / "jobs.db").read_bytes()
        take_over(db, tmp_path / "jobs.db")
        assert len(done(db)) == 2
        (tmp_path / "jobs.db").write_bytes(content)
    take_over(db, tmp_path / "jobs.db")
    assert not left()
    assert set(done(db)) == {PENDING, DELAYED}
    jobs = DurableJobs(db)
    assert {record.status for record in jobs.list()} == {Status.DONE}
