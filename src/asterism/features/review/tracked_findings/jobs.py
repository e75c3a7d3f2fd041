"""The job that looks where findings stand, and the times at which it looks for what it has missed."""

from asterism.features.review.tracked_findings.refresh import behind, refresh
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.kernel.jobs import FollowUp, JobQueue

SETTLING_SECONDS = 1
FOLLOWING = FollowUp("findings.follow", "findings.sweep", SETTLING_SECONDS)
FOLLOW, SWEEP = FOLLOWING.name, FOLLOWING.sweep


def register(jobs: JobQueue, db: Database, blobs: Blobs) -> None:
    """Have findings looked up by project, and every fifteen minutes where moves were missed."""
    FOLLOWING.register(jobs, db, lambda project_id: refresh(db, blobs, project_id), behind)


def enqueue(jobs: JobQueue, project_id: str) -> None:
    """Have the findings of a project looked up a second from now."""
    FOLLOWING.enqueue(jobs, project_id)
