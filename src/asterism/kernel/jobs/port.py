"""What a queue of durable jobs promises, whatever carries it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from threading import Event
from typing import Any, Protocol

HOUR, DAY = 3600, 86400


class Status(StrEnum):
    """Where a job is. `DONE` and `FAILED` are final."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        """Whether nothing will happen to the job any more."""
        return self in (Status.DONE, Status.FAILED)


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt at a job, as its function sees it.

    `payload` is a JSON object. `attempt` counts from 1. `stopping` is set when the process is about to end: a long
    function may then return early by raising, and the job goes on at the next start.
    """

    id: str
    name: str
    payload: Mapping[str, Any]
    key: str | None = None
    attempt: int = 1
    stopping: Event = field(default_factory=Event)


@dataclass(frozen=True, slots=True)
class JobRecord:
    """What is stored about a job. `result` is what its function returned; `error` why its last attempt failed.

    `created_at` is when it was enqueued, `started_at` when its first attempt began, `ended_at` when it became final.
    """

    id: str
    name: str
    key: str | None
    status: Status
    attempts: int = 0
    result: Any = None
    error: str | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job that is enqueued every `seconds` as a clock shows them in UTC (a daily one at three), and `at_start`."""

    name: str
    seconds: int
    at_start: bool = False

    def __post_init__(self) -> None:
        """Refuse a period that is none. Raises ValueError."""
        if self.seconds < 1:
            raise ValueError(f"a schedule cannot repeat every {self.seconds} s")

    def last(self, now: datetime) -> datetime:
        """Return the last of its moments that is not after `now`."""
        first = 3 * HOUR if self.seconds == DAY else 0
        present = int(now.timestamp())
        return datetime.fromtimestamp(present - (present - first) % self.seconds, UTC)

    def seconds_to_next(self, now: datetime) -> float:
        """Return the time from `now` to its next moment."""
        return self.last(now).timestamp() + self.seconds - now.timestamp()


Handler = Callable[[Job], Any] | Callable[[Job], Awaitable[Any]]


class JobQueue(Protocol):
    """Jobs by name. Functions and schedules are registered before `start`; anything may be enqueued at any time."""

    def register(self, name: str, handler: Handler) -> None:
        """Say which function does the jobs called `name`.

        A plain function runs in a thread of its own; a coroutine function on the loop that `start` was called on. What
        it returns is stored and must be JSON. What it raises is retried, except a DomainError that would be the same
        next time. Raises ValueError when the name is taken.
        """
        ...

    def schedule(self, name: str, *, seconds: int, at_start: bool = False) -> None:
        """Enqueue `name` with an empty payload every `seconds`, once in the whole installation.

        A moment that passed while no process ran is made up for at the next start, once.
        """
        ...

    def enqueue(
        self, name: str, payload: Mapping[str, Any] | None = None, *, key: str | None = None, delay: float = 0
    ) -> str:
        """Store a job that is to start in `delay` seconds and return its id.

        Jobs of one name and `key` never run at the same time, and while one of them waits, another is not stored: the
        id of the waiting one is returned (its payload stays). Without a key each is independent. Blocks for a few
        milliseconds; call it after the commit of what it is about, never inside a transaction. Raises LookupError for
        a name that is not registered, Unavailable when the database is down.
        """
        ...

    def get(self, job_id: str) -> JobRecord | None:
        """Return what is stored about a job, None when it is unknown or forgotten."""
        ...

    def list(self, *, name: str | None = None, limit: int = 100) -> Sequence[JobRecord]:
        """Return the newest jobs first."""
        ...

    def wait(self, job_id: str, timeout: float) -> JobRecord:
        """Block until the job has ended, at most `timeout` seconds. Raises TimeoutError, LookupError."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete the records of jobs that ended before a moment; return how many."""
        ...

    def start(self) -> None:
        """Begin to run jobs, in the background: it returns at once. What a dead process left goes on."""
        ...

    def close(self, timeout: float = 3) -> None:
        """Stop: running coroutines are cancelled, functions get `timeout` seconds. The unfinished goes on next time."""
        ...
