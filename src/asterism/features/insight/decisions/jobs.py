"""The job that looks at decisions again when a project's tree has changed."""

from asterism.features.insight.decisions import store
from asterism.features.insight.decisions.staleness import check_project
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.kernel.jobs import Job, JobQueue

CHECK = "decisions.check"
SWEEP = "decisions.sweep"
SETTLING_SECONDS = 10
SWEEP_SECONDS = 900


def register(jobs: JobQueue, db: Database, blobs: Blobs) -> None:
    """Have decisions compared with the code they cite, by project, and every fifteen minutes where that was missed."""

    def check(job: Job) -> int:
        return check_project(db, blobs, str(job.payload["project_id"]))

    def sweep(_job: Job) -> int:
        with db.read() as tx:
            found = store.projects_with_links(tx)
        for project_id in found:
            enqueue(jobs, project_id)
        return len(found)

    jobs.register(CHECK, check)
    jobs.register(SWEEP, sweep)
    jobs.schedule(SWEEP, seconds=SWEEP_SECONDS, at_start=True)


def enqueue(jobs: JobQueue, project_id: str) -> None:
    """Have a project's decisions looked at soon; moves until then are taken together."""
    jobs.enqueue(CHECK, {"project_id": project_id}, key=project_id, delay=SETTLING_SECONDS)
