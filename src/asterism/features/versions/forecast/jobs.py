"""The job that computes the forecast, and the times at which it looks for what it has missed."""

from asterism.features.versions.forecast.refresh import Tell, behind, refresh
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.kernel.jobs import Job, JobQueue

REFRESH = "forecast.refresh"
SWEEP = "forecast.sweep"
SETTLING_SECONDS = 1
SWEEP_SECONDS = 900


def register(jobs: JobQueue, db: Database, blobs: Blobs, tell: Tell) -> None:
    """Have the forecast computed by project, and every fifteen minutes where moves were missed."""

    def do_refresh(job: Job) -> int:
        return refresh(db, blobs, str(job.payload["project_id"]), tell)

    def sweep(_job: Job) -> int:
        with db.read() as tx:
            found = behind(tx)
        for project_id in found:
            enqueue(jobs, project_id)
        return len(found)

    jobs.register(REFRESH, do_refresh)
    jobs.register(SWEEP, sweep)
    jobs.schedule(SWEEP, seconds=SWEEP_SECONDS, at_start=True)


def enqueue(jobs: JobQueue, project_id: str) -> None:
    """Have a project forecast a second from now, so that it is fresh within five."""
    jobs.enqueue(REFRESH, {"project_id": project_id}, key=project_id, delay=SETTLING_SECONDS)
