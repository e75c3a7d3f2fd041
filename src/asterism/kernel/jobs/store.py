"""Jobs as rows: stored, claimed by a process, given back, ended. Each verb is one transaction.

Two partial unique indexes keep the rule of keys among any number of processes: one job of a key waits, one runs.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from asterism.base import ids
from asterism.base.clock import parse, stamp
from asterism.kernel.db import Database, Tx, insert_ignore
from asterism.kernel.db.database import RowDict
from asterism.kernel.jobs.attempts import Outcome
from asterism.kernel.jobs.port import Job, JobRecord, Schedule, Status
from asterism.kernel.jobs.tables import RUNNING, WAITING, job_schedules, jobs

MAX_INTERRUPTIONS = 20
"""After so many deaths of the process in the middle of it, a job is taken for their cause and left alone."""

_other = jobs.alias("other")
_held = sa.exists().where(_other.c.status == "running", _other.c.name == jobs.c.name, _other.c.key == jobs.c.key)
_open = jobs.c.owner.is_(None) & sa.or_(RUNNING, WAITING & ~_held)


class JobStore:
    """The jobs of an installation, as one process (`owner`) sees them.

    Times are the machine's own: a clock that a test stands still would hold up every pause.
    """

    def __init__(self, db: Database) -> None:
        self.db = db
        self.owner = ids.ulid()

    def put(self, name: str, payload: Mapping[str, Any], key: str | None, delay: float) -> str:
        """Store a job that is due in `delay` seconds, or return the id of the one that waits under its name and key."""
        row = new_row(ids.ulid(), name, payload, key, moment(delay))
        while True:
            if key is not None:  # most are asked for again and again, and a read holds up nobody
                with self.db.read() as tx:
                    waiting = tx.scalar(sa.select(jobs.c.id).where(WAITING, jobs.c.name == name, jobs.c.key == key))
                if waiting is not None:
                    return str(waiting)
            with self.db.write() as tx:
                if insert_ignore(tx, jobs, [row]):
                    return str(row["id"])

    def claim(self, most: int) -> list[Job]:
        """Take up to `most` jobs that are due, the longest due first; they are this process's until it ends them."""
        query = sa.select(jobs).where(_open, jobs.c.due_at <= moment()).order_by(jobs.c.due_at, jobs.c.id).limit(most)
        with self.db.read() as tx:
            due = tx.all(query)
        if not due:
            return []
        with self.db.write() as tx:
            return [_job(row) for row in due if self._take(tx, row)]

    def _take(self, tx: Tx, row: RowDict) -> bool:
        """Make one job ours, unless another process was faster, with it or with another job of its key."""
        taken = {"status": "running", "owner": self.owner, "started_at": row["started_at"] or moment()}
        unchanged = jobs.c.status == row["status"], jobs.c.owner.is_(None), jobs.c.due_at == row["due_at"]
        try:
            with tx.connection.begin_nested():
                return tx.execute(sa.update(jobs).where(jobs.c.id == row["id"], *unchanged).values(taken)).rowcount == 1
        except IntegrityError:
            return False

    def next_due(self) -> float | None:
        """Return the seconds until the next job is due (0 for one that is), None when none waits for its time."""
        with self.db.read() as tx:
            due = tx.scalar(sa.select(sa.func.min(jobs.c.due_at)).where(_open))
        return None if due is None else max(0.0, (parse(due) - datetime.now(UTC)).total_seconds())

    def end(self, job: Job, outcome: Outcome) -> None:
        """Store how a job of ours ended; nothing when it is not ours any more."""
        values = {
            "status": (Status.DONE if outcome.ok else Status.FAILED).value,
            "ended_at": moment(),
            "result": msgspec.json.encode(outcome.result).decode(),
            "error": outcome.error,
        }
        self._let_go(job, values)

    def pause(self, job: Job, seconds: float) -> None:
        """Give a job of ours back until its next attempt."""
        self._let_go(job, {"due_at": moment(seconds)})

    def _let_go(self, job: Job, values: Mapping[str, Any]) -> None:
        mine = jobs.c.id == job.id, jobs.c.owner == self.owner
        with self.db.write() as tx:
            tx.execute(sa.update(jobs).where(*mine).values(attempts=job.attempt, owner=None, **values))

    def give_back(self) -> None:
        """Give every job of ours back, due at once, because this process ends: the attempt is made again elsewhere."""
        with self.db.write() as tx:
            tx.execute(sa.update(jobs).where(RUNNING, jobs.c.owner == self.owner).values(owner=None, due_at=moment()))

    def owners(self) -> list[str]:
        """Return the other processes that run jobs, or did when they died."""
        query = sa.select(jobs.c.owner).distinct().where(RUNNING, jobs.c.owner.is_not(None), jobs.c.owner != self.owner)
        with self.db.read() as tx:
            return [str(row["owner"]) for row in tx.all(query)]

    def recover(self, owner: str) -> None:
        """Give back the jobs of a process that died; one that was there at too many deaths has failed."""
        theirs = sa.update(jobs).where(RUNNING, jobs.c.owner == owner)
        last = jobs.c.interruptions >= MAX_INTERRUPTIONS
        error = f"the process died {MAX_INTERRUPTIONS + 1} times in the middle of it"
        with self.db.write() as tx:
            tx.execute(theirs.where(last).values(status="failed", owner=None, ended_at=moment(), error=error))
            tx.execute(theirs.values(owner=None, due_at=moment(), interruptions=jobs.c.interruptions + 1))

    def ring(self, schedules: Sequence[Schedule]) -> None:
        """Enqueue each scheduled job whose moment has come.

        A moment that no process saw counts when the next one looks, once; a new schedule begins with its next moment.
        """
        last = {schedule.name: stamp(schedule.last(datetime.now(UTC))) for schedule in schedules}
        with self.db.read() as tx:
            rung = {row["name"]: row["rung_at"] for row in tx.all(sa.select(job_schedules))}
        for name, at in last.items():
            if rung.get(name, "") < at:
                with self.db.write() as tx:
                    _ring_one(tx, name, at)

    def get(self, job_id: str) -> JobRecord | None:
        """Read one record."""
        with self.db.read() as tx:
            row = tx.one(sa.select(jobs).where(jobs.c.id == job_id))
        return None if row is None else _record(row)

    def list(self, name: str | None, limit: int) -> Sequence[JobRecord]:
        """Read the newest records, of one name or of all."""
        query = sa.select(jobs).order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit)
        with self.db.read() as tx:
            return [_record(row) for row in tx.all(query if name is None else query.where(jobs.c.name == name))]

    def forget(self, before: datetime) -> int:
        """Delete the records that ended before a moment."""
        with self.db.write() as tx:
            return tx.execute(sa.delete(jobs).where(jobs.c.ended_at < stamp(before))).rowcount


def _ring_one(tx: Tx, name: str, at: str) -> None:
    rung = job_schedules.c
    if not insert_ignore(tx, job_schedules, [{"name": name, "rung_at": at}]):
        passed = sa.update(job_schedules).where(rung.name == name, rung.rung_at < at).values(rung_at=at)
        if tx.execute(passed).rowcount:  # else another process was faster
            insert_ignore(tx, jobs, [new_row(ids.ulid(), name, {}, name, moment())])


def new_row(job_id: str, name: str, payload: Mapping[str, Any], key: str | None, due_at: str) -> RowDict:
    """Return the row of a job that waits."""
    return {
        "id": job_id,
        "name": name,
        "key": key,
        "payload": msgspec.json.encode(payload).decode(),
        "status": "waiting",
        "attempts": 0,
        "interruptions": 0,
        "due_at": due_at,
        "created_at": moment(),
    }


def moment(seconds: float = 0) -> str:
    """Return the stamp of the moment in so many seconds."""
    return stamp(datetime.now(UTC) + timedelta(seconds=seconds))


def _job(row: RowDict) -> Job:
    return Job(row["id"], row["name"], msgspec.json.decode(row["payload"]), row["key"], row["attempts"] + 1)


def _record(row: RowDict) -> JobRecord:
    created, started, ended = (row[name] and parse(row[name]) for name in ("created_at", "started_at", "ended_at"))
    return JobRecord(
        id=row["id"],
        name=row["name"],
        key=row["key"],
        status=Status(row["status"]),
        attempts=row["attempts"],
        result=None if row["result"] is None else msgspec.json.decode(row["result"]),
        error=row["error"],
        created_at=created,
        started_at=started,
        ended_at=ended,
    )
