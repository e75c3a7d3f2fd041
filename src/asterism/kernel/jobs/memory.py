"""Jobs in memory, for tests: nothing runs until it is told to, and waiting moves a manual clock on."""

import asyncio
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from asterism.base import ids
from asterism.base.clock import ManualClock
from asterism.kernel.jobs.attempts import BACKOFF, Outcome, failed, pause_after, succeeded
from asterism.kernel.jobs.port import Handler, Job, JobRecord, Schedule, Status


@dataclass(slots=True)
class _Entry:
    record: JobRecord
    payload: Mapping[str, Any]
    due: datetime
    ended: datetime | None = None


class MemoryJobs:
    """A `JobQueue` that a test drives: `drain()` runs what is due now, `fire(name)` stands for a schedule's bell."""

    def __init__(self, clock: ManualClock | None = None, backoff: Sequence[float] = BACKOFF) -> None:
        self.clock = clock or ManualClock()
        self.schedules: dict[str, Schedule] = {}
        self._backoff = backoff
        self._handlers: dict[str, Handler] = {}
        self._entries: dict[str, _Entry] = {}
        self._stopping = Event()

    def register(self, name: str, handler: Handler) -> None:
        """Say which function does the jobs called `name`."""
        if name in self._handlers:
            raise ValueError(f"job {name} is registered twice")
        self._handlers[name] = handler

    def schedule(self, name: str, *, seconds: int, at_start: bool = False) -> None:
        """Remember a schedule; `fire` rings it."""
        self.schedules[name] = Schedule(name, seconds, at_start)

    def fire(self, name: str) -> str:
        """Enqueue a scheduled job as its schedule would."""
        return self.enqueue(self.schedules[name].name, key=name)

    def enqueue(
        self, name: str, payload: Mapping[str, Any] | None = None, *, key: str | None = None, delay: float = 0
    ) -> str:
        """Keep a job; one that waits under the same name and key takes its place."""
        if name not in self._handlers:
            raise LookupError(f"no job is called {name}")
        for entry in self._all():
            record = entry.record
            if key is not None and (record.name, record.key, record.attempts) == (name, key, 0) and not entry.ended:
                return record.id
        record = JobRecord(ids.ulid(), name, key, Status.WAITING, created_at=self.clock.now())
        due = self.clock.now() + timedelta(seconds=delay)
        self._entries[record.id] = _Entry(record, dict(payload or {}), due)
        return record.id

    def get(self, job_id: str) -> JobRecord | None:
        """Return what is known about a job."""
        entry = self._entries.get(job_id)
        return entry.record if entry else None

    def list(self, *, name: str | None = None, limit: int = 100) -> Sequence[JobRecord]:
        """Return the newest jobs first."""
        found = [e.record for e in reversed(self._all()) if name in (None, e.record.name)]
        return found[:limit]

    def wait(self, job_id: str, timeout: float) -> JobRecord:
        """Run what is due and move the clock to the next due job until this one has ended."""
        end = self.clock.now() + timedelta(seconds=max(timeout, sum(self._backoff)))
        if job_id not in self._entries:
            raise LookupError(job_id)
        while not (record := self._entries[job_id].record).status.final:
            self.drain()
            upcoming = min((e.due for e in self._all() if not e.ended), default=end)
            if upcoming > end:
                raise TimeoutError(job_id)
            self.clock.advance(max(0, (upcoming - self.clock.now()).total_seconds()))
        return record

    def forget(self, before: datetime) -> int:
        """Delete what ended before a moment."""
        old = [job_id for job_id, e in tuple(self._entries.items()) if e.ended and e.ended < before]
        for job_id in old:
            del self._entries[job_id]
        return len(old)

    def start(self) -> None:
        """Enqueue what a start enqueues."""
        for schedule in self.schedules.values():
            if schedule.at_start:
                self.fire(schedule.name)

    def close(self, timeout: float = 3) -> None:  # noqa: ARG002 - the port's signature
        """Tell functions that the end is near."""
        self._stopping.set()

    def drain(self) -> None:
        """Run every job that is due now, and those that they enqueue, in order."""
        asyncio.run(self.settle())

    async def settle(self) -> None:
        """Do what `drain` does, from inside a running loop."""
        while entry := self._next():
            await self._attempt(entry)

    def _all(self) -> Sequence[_Entry]:
        """Return the jobs as they are now: another thread may enqueue meanwhile."""
        return tuple(self._entries.values())

    def _next(self) -> _Entry | None:
        """Return the job that is due longest and whose key no paused job holds."""
        open_jobs = [e for e in self._all() if not e.ended]
        held: dict[tuple[str, str | None], _Entry] = {
            (e.record.name, e.record.key): e for e in open_jobs if e.record.key is not None and e.record.attempts
        }
        due = [e for e in open_jobs if e.due <= self.clock.now() and held.get((e.record.name, e.record.key), e) is e]
        return min(due, key=lambda e: e.due, default=None)

    async def _attempt(self, entry: _Entry) -> None:
        attempt = entry.record.attempts + 1
        started = entry.record.started_at or self.clock.now()
        entry.record = replace(entry.record, status=Status.RUNNING, attempts=attempt, started_at=started)
        outcome = await self._run(entry, attempt)
        pause = pause_after(outcome, attempt, self._backoff)
        if pause is not None:
            entry.due = self.clock.now() + timedelta(seconds=pause)
            return
        status = Status.DONE if outcome.ok else Status.FAILED
        entry.ended = self.clock.now()
        entry.record = replace(
            entry.record, status=status, result=outcome.result, error=outcome.error, ended_at=entry.ended
        )

    async def _run(self, entry: _Entry, attempt: int) -> Outcome:
        record = entry.record
        job = Job(record.id, record.name, entry.payload, record.key, attempt, self._stopping)
        try:
            result = self._handlers[record.name](job)
            return succeeded(await result if inspect.isawaitable(result) else result)
        except Exception as error:  # noqa: BLE001 - whatever a job raises is its outcome
            return failed(error)
