"""The job that refreshes drift, and the times at which it looks for what it has missed."""

from functools import partial

from asterism.features.versions.drift.refresh import behind, refresh
from asterism.kernel.db import Database
from asterism.kernel.jobs import FollowUp, JobQueue

SETTLING_SECONDS = 5
REFRESHING = FollowUp("drift.refresh", "drift.sweep", SETTLING_SECONDS)
REFRESH, SWEEP = REFRESHING.name, REFRESHING.sweep


def register(jobs: JobQueue, db: Database) -> None:
    """Have drift refreshed by project, and every fifteen minutes where moves were missed."""
    REFRESHING.register(jobs, db, partial(refresh, db), behind)


def enqueue(jobs: JobQueue, project_id: str) -> None:
    """Have a project refreshed five seconds from now; moves until then are taken together."""
    REFRESHING.enqueue(jobs, project_id)
