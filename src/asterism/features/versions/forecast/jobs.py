"""The job that computes the forecast, and the times at which it looks for what it has missed."""

from asterism.features.versions.forecast.refresh import behind, refresh
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.kernel.jobs import FollowUp, JobQueue

SETTLING_SECONDS = 1
REFRESHING = FollowUp("forecast.refresh", "forecast.sweep", SETTLING_SECONDS)
REFRESH, SWEEP = REFRESHING.name, REFRESHING.sweep


def register(jobs: JobQueue, db: Database, blobs: Blobs) -> None:
    """Have the forecast computed by project, and every fifteen minutes where moves were missed."""
    REFRESHING.register(jobs, db, lambda project_id: refresh(db, blobs, project_id), behind)


def enqueue(jobs: JobQueue, project_id: str) -> None:
    """Have a project forecast a second from now, so that it is fresh within five."""
    REFRESHING.enqueue(jobs, project_id)
