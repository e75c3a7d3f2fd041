"""The job that looks where findings stand, and the times at which it looks for what it has missed."""

from asterism.features.review.tracked_findings.refresh import behind, has_findings, refresh
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.kernel.jobs import FollowUp, JobQueue

SETTLING_SECONDS = 1
FOLLOWING = FollowUp("findings.follow", "findings.sweep", SETTLING_SECONDS)
FOLLOW, SWEEP = FOLLOWING.name, FOLLOWING.sweep


def register(jobs: JobQueue, db: Database, blobs: Blobs) -> None:
    """Have findings looked up by project, and every fifteen minutes where moves were missed."""
    FOLLOWING.register(jobs, db, lambda project_id: refresh(db, blobs, project_id), behind)


def enqueue_where_any(db: Database, jobs: JobQueue, project_id: str) -> None:
    """Have the findings of a project that moved looked up, where it has some: most have none, and a job costs."""
    with db.read() as tx:
        if not has_findings(tx, project_id):
            return
    enqueue(jobs, project_id)


def enqueue(jobs: JobQueue, project_id: str) -> None:
    """Have the findings of a project looked up a second from now."""
    FOLLOWING.enqueue(jobs, project_id)
