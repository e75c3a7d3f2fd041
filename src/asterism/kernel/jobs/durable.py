"""Jobs on DBOS: SQLite embedded, PostgreSQL when outgrown (docs/adr/0006-durable-jobs.md).

One DBOS workflow, `job`, carries every job of ours: it looks the function up by name, makes attempts as recorded
steps, and sleeps durably between them. So a process that is killed leaves a workflow that the next start takes up at
the attempt it was in. DBOS costs seconds to import and is therefore started on a thread of its own.
"""

import asyncio
import contextvars
import inspect
import threading
import time
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future
from concurrent.futures import wait as wait_first
from datetime import datetime
from typing import Any, cast

import msgspec
import structlog

from asterism.base.errors import Unavailable
from asterism.kernel.jobs.attempts import BACKOFF, Outcome, failed, pause_after, succeeded
from asterism.kernel.jobs.engine import Engine, Interrupted
from asterism.kernel.jobs.port import Handler, Job, JobRecord, Schedule, new_id

log = structlog.get_logger("asterism.jobs")

RUNNERS = 4
"""Functions that run at one time in one process; jobs that wait for another attempt take no place."""


class DurableJobs:
    """A `JobQueue` that outlives the process. `url` is `sqlite:///FILE` or `postgresql://…`."""

    def __init__(self, url: str, *, backoff: Sequence[float] = BACKOFF, poll_seconds: float = 1.0) -> None:
        self._backoff = tuple(backoff)
        self._handlers: dict[str, Handler] = {}
        self._schedules: dict[str, Schedule] = {}
        self._early: list[tuple[str, str, dict[str, Any], str | None, float]] = []
        self._lock = threading.Lock()
        self._launching = threading.Lock()
        self._places = threading.Semaphore(RUNNERS)
        self._stopping = threading.Event()
        self._given_up: Future[None] = Future()
        self._running: set[Future[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starter: threading.Thread | None = None
        self._engine = Engine(url, poll_seconds, run=self._run, ring=self._ring)

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
        """Store a job; before the engine is up it is kept in memory and stored as soon as it is."""
        if name not in self._handlers:
            raise LookupError(f"no job is called {name}")
        job_id, body = new_id(name, key), msgspec.to_builtins(dict(payload or {}))
        with self._lock:
            if not self._engine.ready:
                self._early.append((job_id, name, body, key, delay))
                return job_id
        return self._engine.put(job_id, name, body, key, delay)

    def get(self, job_id: str) -> JobRecord | None:
        """Return what is stored about a job. Raises Unavailable while the engine is still starting."""
        return self._up().get(job_id)

    def list(self, *, name: str | None = None, limit: int = 100) -> Sequence[JobRecord]:
        """Return the newest jobs first. Raises Unavailable while the engine is still starting."""
        return self._up().list(name, limit)

    def _up(self) -> Engine:
        if not self._engine.ready:
            raise Unavailable("The jobs are still starting.", hint="Try again in a few seconds.")
        return self._engine

    def wait(self, job_id: str, timeout: float) -> JobRecord:
        """Block until the job has ended."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self._engine.started.wait(max(0, deadline - time.monotonic())):
                record = self.get(job_id)
                if record is None:
                    raise LookupError(job_id)
                if record.status.final:
                    return record
                time.sleep(0.05)
        raise TimeoutError(f"job {job_id} has not ended within {timeout} s")

    def forget(self, before: datetime) -> int:
        """Delete the records of jobs that ended before a moment. Raises Unavailable while the engine is starting."""
        return self._up().forget(before)

    def start(self) -> None:
        """Begin to run jobs, on a thread that first loads the engine."""
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self._starter = threading.Thread(target=self._start, name="jobs-start", daemon=True)
        self._starter.start()

    def _start(self) -> None:
        try:
            self._engine.load()
            with self._launching:
                if self._stopping.is_set():
                    return
                self._engine.launch(list(self._schedules.values()))
        except Exception:
            log.exception("jobs could not be started")
            return
        with self._lock:
            early, self._early = self._early, []
            self._engine.ready = True
        for job_id, name, payload, key, delay in early:
            self._engine.put(job_id, name, payload, key, delay, known=True)
        for schedule in self._schedules.values():
            if schedule.at_start:
                self._ring(schedule.name)
        self._engine.started.set()

    def wait_until_started(self, timeout: float) -> bool:
        """Block until the engine is up, at most `timeout` seconds; return whether it is."""
        return self._engine.started.wait(timeout)

    def close(self, timeout: float = 3) -> None:
        """Stop taking jobs, cancel coroutines, give functions `timeout` seconds, then let go of the rest."""
        if self._starter is None:
            return
        self._stopping.set()
        with self._launching:
            launched = self._engine.launched
        if not launched:
            return  # the thread that loads the engine sees that it is not wanted any more, and keeps nobody waiting
        self._starter.join()
        with self._lock:
            running = set(self._running)
        for future in running:
            future.cancel()  # reaches coroutines; a thread's future is past cancelling
        wait_first(running, timeout)
        self._given_up.set_result(None)
        self._engine.close()
        self._starter = None

    def _ring(self, name: str) -> None:
        """Enqueue a scheduled job; its name is its key, so a slow one is not piled up."""
        if name in self._handlers:
            self.enqueue(name, key=name)

    def _run(self, job_id: str, name: str, payload: dict[str, Any], key: str | None) -> dict[str, Any]:
        """Do a whole job: attempts and pauses. The engine calls it, again after a crash, and stores what it returns."""
        attempt = 1
        while True:
            job = Job(job_id, name, payload, key, attempt, self._stopping)
            made: dict[str, Any] = self._engine.step("attempt", self._attempt, job)
            outcome = msgspec.convert({**made, "attempts": attempt}, Outcome)
            pause = pause_after(outcome, attempt, self._backoff)
            if not outcome.ok:
                log.warning("job failed", job=name, id=job_id, attempt=attempt, error=outcome.error, again_in=pause)
            if pause is None:
                return msgspec.to_builtins(outcome)  # type: ignore[no-any-return]
            self._engine.sleep(pause, self._stopping)
            attempt += 1

    def _attempt(self, job: Job) -> dict[str, Any]:
        """Call the function once, as soon as a place is free. Raises Interrupted when the process ends first."""
        while not self._places.acquire(timeout=0.2):
            self._check_stopping()
        try:
            self._check_stopping()
            return msgspec.to_builtins(self._outcome(job))  # type: ignore[no-any-return]
        finally:
            self._places.release()

    def _outcome(self, job: Job) -> Outcome:
        handler = self._handlers.get(job.name)
        if handler is None:
            return Outcome(ok=False, error=f"LookupError: no job is called {job.name}")
        future = self._call(handler, job)
        with self._lock:
            self._running.add(future)
        try:
            wait_first((future, self._given_up), return_when=FIRST_COMPLETED)
            if not future.done():
                raise Interrupted
            return succeeded(future.result())
        except CancelledError:
            raise Interrupted from None
        except Exception as error:  # noqa: BLE001 - whatever a job raises is its outcome
            self._check_stopping()
            return failed(error)
        finally:
            with self._lock:
                self._running.discard(future)

    def _call(self, handler: Handler, job: Job) -> Future[Any]:
        """Start the function on the server's loop or on a thread that does not keep the process alive."""
        if inspect.iscoroutinefunction(inspect.unwrap(getattr(handler, "func", handler))):
            if self._loop is None:
                raise RuntimeError("coroutine jobs need `start` to be called on a running loop")
            coroutine = cast("Coroutine[Any, Any, Any]", handler(job))
            clean = contextvars.Context()  # the engine's own would make what the job enqueues a part of it
            return clean.run(asyncio.run_coroutine_threadsafe, coroutine, self._loop)
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()

        def work() -> None:
            try:
                future.set_result(handler(job))
            except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
                future.set_exception(error)

        threading.Thread(target=work, name=f"job-{job.name}", daemon=True).start()
        return future

    def _check_stopping(self) -> None:
        if self._stopping.is_set():
            raise Interrupted
