"""The jobs of releases before schema 0043, which a library kept in tables of its own; they are taken over once.

On SQLite those are a second file, on PostgreSQL a schema of the same database (ADR 0218). A job that was in the middle
of it begins anew, as after a crash.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import sqlalchemy as sa

from asterism.kernel.db import Database, Tx, insert_ignore
from asterism.kernel.jobs.store import moment, new_row
from asterism.kernel.jobs.tables import jobs

SCHEMA = "asterism_jobs"
LOCK_CLASS = 7276424
"""Servers of those releases hold an advisory lock of this class while they live."""

HELD = sa.text(
    "SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database"
    " WHERE locktype = 'advisory' AND classid = :class AND d.datname = current_database() LIMIT 1"
)
UNFINISHED = (
    "SELECT i.inputs FROM {0}workflow_status s JOIN {0}workflow_input i ON i.workflow_uuid = s.workflow_uuid"
    " WHERE s.name = 'job' AND s.status IN ('ENQUEUED', 'DELAYED', 'PENDING') ORDER BY s.created_at, s.workflow_uuid"
)


class _Inputs(msgspec.Struct):
    positionalArgs: tuple[str, str, dict[str, object], str | None]
    """Id, name, payload and key."""


def take_over(db: Database, file: Path) -> None:
    """Make the unfinished jobs of the library ours and remove what it kept; nothing where there is nothing.

    `file` is where it kept them beside an SQLite database. On PostgreSQL they are left alone while a server lives that
    runs them: the start of the last new server takes them. Raises Unavailable.
    """
    if db.dialect == "sqlite":
        _take_file(db, file)
    else:
        with db.write() as tx:
            _take_schema(tx)


def _take_file(db: Database, file: Path) -> None:
    if not file.is_file():
        return
    with closing(sqlite3.connect(file)) as connection:
        try:
            rows = [row[0] for row in connection.execute(UNFINISHED.format(""))]
        except sqlite3.OperationalError:  # it was killed before it had made its tables
            rows = []
    with db.write() as tx:
        _store(tx, rows)
    for ending in ("-wal", "-shm", ""):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _take_schema(tx: Tx) -> None:
    if tx.scalar(sa.text(f"SELECT to_regclass('{SCHEMA}.workflow_input')")) is None:
        return
    tx.take_turns("jobs", "predecessor")
    if tx.execute(HELD, {"class": LOCK_CLASS}).first() is not None:
        return
    _store(tx, [row[0] for row in tx.execute(sa.text(UNFINISHED.format(SCHEMA + ".")))])
    tx.execute(sa.text(f"DROP SCHEMA {SCHEMA} CASCADE"))


def _store(tx: Tx, rows: Sequence[str]) -> None:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        job_id, name, payload, key = msgspec.json.decode(row, type=_Inputs).positionalArgs
        if key is None or (name, key) not in seen:  # one that ran and one that waited are one that waits
            seen.add((name, key or job_id))
            insert_ignore(tx, jobs, [new_row(job_id, name, payload, key, moment())])
