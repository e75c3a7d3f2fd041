"""Taking jobs that wait along to another database; nobody runs jobs on either meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asterism.kernel.jobs.engine import Engine, unfinished


@dataclass(frozen=True, slots=True)
class CarriedJob:
    """A job that has not ended. One that was interrupted in the middle begins anew, as after a crash."""

    id: str
    name: str
    payload: dict[str, Any]
    key: str | None


def waiting_jobs(file: Path) -> Sequence[CarriedJob]:
    """Return the jobs of an SQLite file that have not ended, in the order in which they were enqueued."""
    return [CarriedJob(*arguments) for arguments in unfinished(f"sqlite:///{file}")] if file.is_file() else ()


def carry_jobs(jobs: Sequence[CarriedJob], url: str) -> None:
    """Store jobs in the database at `url` for whoever serves it next. Repeating it stores none twice."""
    if not jobs:
        return
    engine = Engine(url, 1.0, run=_nobody, ring=lambda _name: None)
    engine.open()
    try:
        for job in jobs:
            engine.put(job.id, job.name, job.payload, job.key, 0, known=True)
    finally:
        engine.close()


def _nobody(*_: object) -> dict[str, Any]:
    raise AssertionError("jobs are carried, not done")
