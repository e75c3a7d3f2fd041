"""The job that refreshes drift, and the times at which it looks for what it has missed."""

from asterism.features.versions.drift.refresh import behind, refresh
from asterism.kernel.db import Database
from asterism.kernel.jobs import Job, JobQueue

REFRESH = "drift.refresh"
SWEEP = "drift.sweep"
SETTLING_SECONDS = 5
SWEEP_SECONDS = 900


def register(jobs: JobQueue, db: Database) -> None:
    """Have drift refreshed by project, and every fifteen minutes where moves were missed."""

    def do_refresh(job: Job) -> int:
        return refresh(db, str(job.payload["project_id"]))

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
    """Have a project refreshed five seconds from now; moves until then are taken together."""
    jobs.enqueue(REFRESH, {"project_id": project_id}, key=project_id, delay=SETTLING_SECONDS)
