"""`/v1/jobs`: what the server did in the background, for administrators (Fastest 12)."""

from datetime import datetime
from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

from asterism.base.clock import stamp
from asterism.base.errors import Unavailable
from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, get
from asterism.features.accounts.identity import NotAdmin
from asterism.features.operations import maintenance
from asterism.kernel.jobs import JobRecord


class Job(msgspec.Struct):
    """A job: what it was about (`key`), how it ended, and how long it took from its first attempt to its end."""

    id: str
    name: str
    key: str | None
    status: Literal["waiting", "running", "done", "failed"]
    attempts: int
    error: str | None
    created_at: str | None
    started_at: str | None
    ended_at: str | None
    duration_ms: int | None

    @classmethod
    def of(cls, found: JobRecord) -> Self:
        """Write a job."""
        begun, ended = found.started_at, found.ended_at
        took = None if begun is None or ended is None else max(0, round((ended - begun).total_seconds() * 1000))
        return copied(
            cls,
            found,
            status=found.status.value,
            created_at=_moment(found.created_at),
            started_at=_moment(begun),
            ended_at=_moment(ended),
            duration_ms=took,
        )


def _moment(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)


class JobList(msgspec.Struct):
    """Jobs, newest first."""

    jobs: list[Job]


class JobsAsked(msgspec.Struct):
    """Which jobs to list, and how many."""

    name: str | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


@get("/v1/jobs", errors=(NotAdmin, Unavailable))
def index(call: Call, query: JobsAsked) -> JobList:
    """GET /v1/jobs: what the server did in the background, newest first, with outcome and duration."""
    found = maintenance.list_jobs(call.tx, call.rt.jobs, call.caller, name=query.name, limit=query.limit)
    return JobList([Job.of(one) for one in found])
