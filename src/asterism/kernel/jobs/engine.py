"""DBOS, and all that is known of it here: its configuration, its one queue and workflow, its records.

DBOS is one per process and keeps state in module globals, so an `Engine` that closes also clears the registry.
"""

import importlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from asterism.base import ids
from asterism.base.clock import stamp
from asterism.kernel.jobs.attempts import Outcome
from asterism.kernel.jobs.port import JobRecord, Schedule, Status, key_prefix, name_prefix

if TYPE_CHECKING:
    from dbos import WorkflowStatus

QUEUE = "jobs"
THREADS = 64
MAX_RECOVERIES = 20
"""After so many crashes of the process in the middle of it, a job is taken for their cause and left alone."""

LISTENER_SECONDS = 0.2
"""How long the thread of DBOS that looks for messages sleeps. There are none; but closing waits until it wakes."""

WAITING = ["ENQUEUED", "DELAYED"]
STATUSES = {"ENQUEUED": Status.WAITING, "DELAYED": Status.WAITING, "PENDING": Status.RUNNING, "SUCCESS": Status.DONE}


class Interrupted(BaseException):
    """The process ends. Not an Exception, so DBOS records nothing and the attempt is made again at the next start."""


class Engine:
    """DBOS behind five verbs: launch, put, step, sleep, close; and the queries for records."""

    def __init__(
        self,
        url: str,
        poll_seconds: float,
        *,
        run: Callable[[str, str, dict[str, Any], str | None], dict[str, Any]],
        ring: Callable[[str], None],
    ) -> None:
        self.ready = False
        self.launched = False
        self.started = threading.Event()
        self._url = url
        self._poll = poll_seconds
        self._run = run
        self._ring = ring
        self._workflow: Any = None
        self._keeper: Any = None
        self._putting = threading.Lock()

    @property
    def _dbos(self) -> Any:
        from dbos import DBOS  # takes over a second; only `launch`, on its thread, pays for it

        return DBOS

    def load(self) -> None:
        """Import DBOS, which takes over a second, so that `launch` need not."""
        importlib.import_module("dbos")

    def open(self) -> Any:
        """Bring the tables of DBOS up to date and take up what was left; nothing that waits is begun."""
        self.launched = True
        logger = logging.getLogger("dbos")
        logger.handlers = logger.handlers or [logging.NullHandler()]  # it would bring a console handler of its own
        dbos = self._dbos
        dbos(config=self._config())
        self._workflow = dbos.workflow(name="job", max_recovery_attempts=MAX_RECOVERIES)(self._make_workflow())
        bell = dbos.workflow(name="bell")(self._make_bell())
        dbos.launch()
        return bell

    def launch(self, schedules: Sequence[Schedule]) -> None:
        """Open it, and begin to run jobs."""
        bell, dbos = self.open(), self._dbos
        dbos.register_queue(
            QUEUE, partition_concurrency=1, worker_concurrency=THREADS // 2, polling_interval_sec=self._poll
        )
        wanted = {s.name for s in schedules}
        for known in dbos.list_schedules():
            if known["schedule_name"] not in wanted:
                dbos.delete_schedule(known["schedule_name"])
        dbos.apply_schedules(
            [{"schedule_name": s.name, "workflow_fn": bell, "schedule": s.cron(), "context": s.name} for s in schedules]
        )
        if self._keeper is not None:
            self._keeper.start()

    def _config(self) -> Any:
        from dbos import DBOSPortableJSONSerializer  # as above

        executor = "local"
        url = self._url
        if url.startswith("sqlite"):
            with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
            connection.close()
        else:
            from asterism.kernel.jobs.liveness import Liveness  # loads PostgreSQL's driver

            executor = ids.ulid()
            self._keeper = Liveness(url, executor, recover=lambda dead: self._dbos._recover_pending_workflows([dead]))
        return {
            "name": "asterism",
            "system_database_url": url,
            "dbos_system_schema": "asterism_jobs",
            "sys_db_pool_size": 8,
            "serializer": DBOSPortableJSONSerializer(),
            "application_version": "1",  # else a new release would leave the jobs of the old one behind
            "executor_id": executor,
            "max_executor_threads": THREADS,
            "notification_listener_polling_interval_sec": LISTENER_SECONDS,
            "enable_otlp": False,
            "log_level": "ERROR",
        }

    def _make_workflow(self) -> Callable[..., dict[str, Any]]:
        def job(job_id: str, name: str, payload: dict[str, Any], key: str | None) -> dict[str, Any]:
            return self._run(job_id, name, payload, key)

        return job

    def _make_bell(self) -> Callable[..., None]:
        def bell(_at: Any, name: str) -> None:
            self.step("ring", self._ring_once, name)

        return bell

    def _ring_once(self, name: str) -> None:
        thread = threading.Thread(target=self._ring, args=(name,), name="jobs-bell")  # outside the bell's own workflow
        thread.start()
        thread.join()

    def put(
        self, job_id: str, name: str, payload: dict[str, Any], key: str | None, delay: float, *, known: bool = False
    ) -> str:
        """Store a job, or return the id of the one that waits under its name and key.

        `known` says that the id was given away already, so it is stored whatever waits.
        """
        from dbos import SetEnqueueOptions, SetWorkflowID  # as above

        with self._putting:
            waiting = None if known or key is None else self._waiting(name, key)
            if waiting is not None:
                return waiting
            partition = job_id if key is None else key_prefix(name, key)
            options = SetEnqueueOptions(queue_partition_key=partition, delay_seconds=delay if delay > 0 else None)
            with SetWorkflowID(job_id), options:
                self._dbos.enqueue_workflow(QUEUE, self._workflow, job_id, name, payload, key)
            return job_id

    def _waiting(self, name: str, key: str) -> str | None:
        found = self._dbos.list_workflows(
            workflow_id_prefix=key_prefix(name, key), status=WAITING, limit=1, load_input=False, load_output=False
        )
        return found[0].workflow_id if found else None

    def step(self, name: str, function: Callable[..., Any], *args: Any) -> Any:
        """Call a function inside a job; what it returned is recorded and not computed again after a crash."""
        return self._dbos.run_step({"name": name}, function, *args)

    def sleep(self, seconds: float, stopping: threading.Event) -> None:
        """Pause a job; a crash does not make the pause longer. Raises Interrupted when `stopping` is set meanwhile.

        DBOS has a durable sleep of its own, but nothing wakes it, so a process could not end before it is over.
        """
        until = self.step("pause", lambda: time.time() + seconds)
        if stopping.wait(max(0, until - time.time())):
            raise Interrupted

    def get(self, job_id: str) -> JobRecord | None:
        """Read one record."""
        found = self._dbos.list_workflows(workflow_ids=[job_id], name="job")
        return _record(found[0]) if found else None

    def list(self, name: str | None, limit: int) -> Sequence[JobRecord]:
        """Read the newest records, of one name or of all."""
        prefix = None if name is None else name_prefix(name)
        rows = self._dbos.list_workflows(workflow_id_prefix=prefix, name="job", sort_desc=True, limit=limit)
        return [_record(row) for row in rows]

    def forget(self, before: datetime) -> int:
        """Delete the records that ended before a moment."""
        old = self._dbos.list_workflows(completed_before=stamp(before), load_input=False, load_output=False)
        if old:
            self._dbos.delete_workflows([w.workflow_id for w in old])
        return sum(w.name == "job" for w in old)

    def close(self) -> None:
        """Stop every thread of DBOS and forget its registry."""
        if self._keeper is not None:
            self._keeper.close()
        logging.getLogger("dbos").setLevel(logging.CRITICAL)  # its threads complain about each other while they end
        self._dbos.destroy(destroy_registry=True)
        self.ready = self.launched = False
        self.started.clear()


def unfinished(url: str) -> list[list[Any]]:
    """Return id, name, payload and key of the jobs that have not ended, oldest first; none where no engine ever ran."""
    from dbos import DBOSClient, DBOSPortableJSONSerializer  # as above

    client = DBOSClient(system_database_url=url, serializer=DBOSPortableJSONSerializer())
    try:
        rows = client.list_workflows(status=[*WAITING, "PENDING"], name="job", load_output=False)
    finally:
        client.destroy()
    return [list(row.input["args"]) for row in rows if row.input]


def _record(row: "WorkflowStatus") -> JobRecord:
    record = _told(row)
    ended = row.completed_at if record.status.final else None
    return replace(
        record,
        created_at=_moment(row.created_at),
        started_at=None if record.status is Status.WAITING else _moment(row.dequeued_at or row.created_at),
        ended_at=_moment(ended or (row.updated_at if record.status.final else None)),
    )


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def _told(row: "WorkflowStatus") -> JobRecord:
    inputs = row.input["args"] if row.input else [row.workflow_id, "", {}, None]
    _, name, _, key = inputs
    status = STATUSES.get(row.status, Status.FAILED)
    if status is not Status.DONE:
        error = f"the job was ended as {row.status}" if status is Status.FAILED else None
        return JobRecord(row.workflow_id, name, key, status, error=error)
    outcome = msgspec.convert(row.output, Outcome)
    final = Status.DONE if outcome.ok else Status.FAILED
    return JobRecord(row.workflow_id, name, key, final, outcome.attempts, outcome.result, outcome.error)
