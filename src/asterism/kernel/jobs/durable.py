"""Jobs that outlive the process: rows of the database, and a thread that begins those that are due (ADR 0218).

The thread sleeps until the next job or schedule is due and is woken by what this process enqueues or ends, so a server
at rest asks its database for next to nothing. A process that is killed leaves its jobs under its name, and they are
made again at the attempt they were in: on SQLite by the next start, since a file has one server; on PostgreSQL by
whoever finds that the name lives no more (`liveness.py`).
"""

import asyncio
import inspect
import threading
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import structlog
from sqlalchemy.exc import DBAPIError

from asterism.base.errors import DomainError
from asterism.kernel.db import Database
from asterism.kernel.jobs.attempts import BACKOFF, Outcome, failed, pause_after, succeeded
from asterism.kernel.jobs.port import Handler, Job, JobRecord, Schedule
from asterism.kernel.jobs.store import JobStore

if TYPE_CHECKING:
    from asterism.kernel.jobs.liveness import Liveness

log = structlog.get_logger("asterism.jobs")

RUNNERS = 4
"""Functions that run at one time in one process; jobs that wait for another attempt take no place."""

SWEEP_SECONDS = 30
"""How often a process of several looks for jobs of others: of dead ones, and what is due while those have no place."""

PAUSE_SECONDS = 5
"""How long a database that cannot be reached is left alone."""


class DurableJobs:
    """A `JobQueue` that outlives the process. The schema of `db` is up to date before `start`.

    Every attempt runs in a thread of its own, made by `thread`. A database that is away is asked again after `pause`
    seconds.
    """

    def __init__(
        self,
        db: Database,
        *,
        backoff: Sequence[float] = BACKOFF,
        pause: float = PAUSE_SECONDS,
        thread: Callable[..., threading.Thread] = threading.Thread,
    ) -> None:
        self._store = JobStore(db)
        self._make_thread, self._pause = thread, pause
        self._backoff = tuple(backoff)
        self._handlers: dict[str, Handler] = {}
        self._schedules: dict[str, Schedule] = {}
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._over = False
        self._unsettled: list[Job] = []
        self._running: dict[str, threading.Thread] = {}
        self._tasks: set[Future[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._liveness: Liveness | None = None

    def register(self, name: str, handler: Handler) -> None:
        """Say which function does the jobs called `name`."""
        if name in self._handlers:
            raise ValueError(f"job {name} is registered twice")
        self._handlers[name] = handler

    def schedule(self, name: str, *, seconds: int, at_start: bool = False) -> None:
        """Enqueue `name` every `seconds`; the database sees to it that one process does."""
        self._schedules[name] = Schedule(name, seconds, at_start)

    def enqueue(
        self, name: str, payload: Mapping[str, Any] | None = None, *, key: str | None = None, delay: float = 0
    ) -> str:
        """Store a job and wake the thread that begins it."""
        if name not in self._handlers:
            raise LookupError(f"no job is called {name}")
        job_id = self._store.put(name, payload or {}, key, delay)
        self._news.set()
        return job_id

    def get(self, job_id: str) -> JobRecord | None:
        """Return what is stored about a job."""
        return self._store.get(job_id)

    def list(self, *, name: str | None = None, limit: int = 100) -> Sequence[JobRecord]:
        """Return the newest jobs first."""
        return self._store.list(name, limit)

    def wait(self, job_id: str, timeout: float) -> JobRecord:
        """Block until the job has ended."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            record = self.get(job_id)
            if record is None:
                raise LookupError(job_id)
            if record.status.final:
                return record
            time.sleep(0.05)
        raise TimeoutError(f"job {job_id} has not ended within {timeout} s")

    def forget(self, before: datetime) -> int:
        """Delete the records of jobs that ended before a moment."""
        return self._store.forget(before)

    def start(self) -> None:
        """Begin to run jobs, on a thread of its own."""
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self._thread = threading.Thread(target=self._serve, name="jobs", daemon=True)
        self._thread.start()

    def close(self, timeout: float = 3) -> None:
        """Stop taking jobs, cancel coroutines, give functions `timeout` seconds, then let go of the rest."""
        if self._thread is None:
            return
        deadline = time.monotonic() + timeout
        self._stopping.set()
        self._news.set()
        self._thread.join()
        with self._lock:
            tasks, threads = set(self._tasks), list(self._running.values())
        for task in tasks:
            task.cancel()
        for thread in threads:
            thread.join(max(0, deadline - time.monotonic()))
        with self._lock:  # what ends from now on is not stored: it may be another process's already
            self._over = True
        try:
            self._store.give_back()
        except DomainError as error:
            log.warning("jobs could not be given back; the next start finds them", error=str(error))
        if self._liveness is not None:
            self._liveness.close()
        self._thread = None

    def _serve(self) -> None:
        """Begin what is due until the end; a database that is away is looked for again."""
        begun = False
        while not self._stopping.is_set():
            self._news.clear()
            try:
                if not begun:
                    self._take_up()
                    begun = True
                self._give_back_unsettled()
                self._sweep()
                pause = self._begin_due()
            except (DomainError, DBAPIError) as error:
                log.warning("the database of the jobs cannot be reached", error=str(error))
                pause = self._pause
            except Exception:  # this thread must not end before the process
                log.exception("jobs could not be begun")
                pause = self._pause
            self._news.wait(pause)

    def _take_up(self) -> None:
        """Give back what dead processes left, and ring what rings at the start."""
        if self._store.db.dialect == "postgresql":
            from asterism.kernel.jobs.liveness import Liveness  # loads PostgreSQL's driver

            if self._liveness is None:  # a second one would wait for the lock of the first
                self._liveness = Liveness(self._store.db, self._store.owner)
        else:
            for owner in self._store.owners():
                self._store.recover(owner)
        for schedule in self._schedules.values():
            if schedule.at_start:
                self._store.put(schedule.name, {}, schedule.name, 0)

    def _give_back_unsettled(self) -> None:
        """Have those made again that could not be begun, or whose end the database did not take."""
        while self._unsettled:
            job = self._unsettled[0]
            self._store.pause(replace(job, attempt=job.attempt - 1), self._backoff[0])
            self._unsettled.pop(0)

    def _sweep(self) -> None:
        """Give back the jobs of processes that live no more."""
        if self._liveness is not None:
            for owner in self._liveness.dead(self._store.owners()):
                log.warning("taking over the jobs of a dead process", process=owner)
                self._store.recover(owner)

    def _begin_due(self) -> float:
        """Begin what is due while there are places; return for how many seconds there is nothing to do."""
        self._store.ring(list(self._schedules.values()))
        with self._lock:
            free = RUNNERS - len(self._running)
        for job in self._store.claim(free) if free else ():
            self._begin(job)
            free -= 1
        now = datetime.now(UTC)
        pauses = [schedule.seconds_to_next(now) for schedule in self._schedules.values()]
        if self._liveness is not None:
            pauses.append(SWEEP_SECONDS)
        due = self._store.next_due() if free else None  # without a place, the end of a job wakes us
        return min([*pauses, threading.TIMEOUT_MAX] if due is None else [*pauses, due])

    def _begin(self, job: Job) -> None:
        thread = self._make_thread(target=self._do, args=(job,), name=f"job-{job.name}", daemon=True)
        with self._lock:
            self._running[job.id] = thread
        try:
            thread.start()
        except RuntimeError as error:  # the machine has no thread left
            log.warning("a job could not be begun", job=job.name, error=str(error))
            with self._lock:
                del self._running[job.id]
            self._unsettled.append(job)
            self._news.set()

    def _do(self, job: Job) -> None:
        """Make one attempt and store how it ended, unless the process ends first."""
        try:
            outcome = self._attempt(replace(job, stopping=self._stopping))
            with self._lock:
                wanted = not self._over
            if outcome is not None and wanted:
                self._settle(job, outcome)
        except Exception as error:  # noqa: BLE001 - whatever it is, the job must not stay ours
            log.warning("the end of a job could not be stored; it is made again", job=job.name, error=str(error))
            self._unsettled.append(job)
        finally:
            with self._lock:
                del self._running[job.id]
            self._news.set()

    def _settle(self, job: Job, outcome: Outcome) -> None:
        pause = pause_after(outcome, job.attempt, self._backoff)
        if not outcome.ok:
            log.warning("job failed", job=job.name, id=job.id, attempt=job.attempt, error=outcome.error, again_in=pause)
        if pause is None:
            self._store.end(job, outcome)
        else:
            self._store.pause(job, pause)

    def _attempt(self, job: Job) -> Outcome | None:
        """Call the function once; None says that the end of the process broke it off."""
        handler = self._handlers.get(job.name)
        if handler is None:
            return Outcome(ok=False, error=f"LookupError: no job is called {job.name}")
        try:
            return succeeded(self._call(handler, job))
        except CancelledError:
            return None
        except BaseException as error:  # noqa: BLE001 - whatever a job raises is its outcome
            return None if self._stopping.is_set() else failed(error)

    def _call(self, handler: Handler, job: Job) -> Any:
        """Call a function here, a coroutine function on the server's loop."""
        if not inspect.iscoroutinefunction(inspect.unwrap(getattr(handler, "func", handler))):
            return handler(job)
        if self._loop is None:
            raise RuntimeError("coroutine jobs need `start` to be called on a running loop")
        coroutine = cast("Coroutine[Any, Any, Any]", handler(job))
        task = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        with self._lock:
            self._tasks.add(task)
        try:
            return task.result()
        finally:
            with self._lock:
                self._tasks.discard(task)
