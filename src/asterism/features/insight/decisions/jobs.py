"""The job that looks at decisions again when a project's tree has changed."""

from functools import partial

from asterism.features.insight.decisions import store
from asterism.features.insight.decisions.staleness import check_project
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.kernel.jobs import FollowUp, JobQueue

SETTLING_SECONDS = 10
CHECKING = FollowUp("decisions.check", "decisions.sweep", SETTLING_SECONDS)


def register(jobs: JobQueue, db: Database, blobs: Blobs) -> None:
    """Have decisions compared with the code they cite, by project, and every fifteen minutes where that was missed."""
    CHECKING.register(jobs, db, partial(check_project, db, blobs), store.projects_with_links)


def enqueue(jobs: JobQueue, project_id: str) -> None:
    """Have a project's decisions looked at soon; moves until then are taken together."""
    CHECKING.enqueue(jobs, project_id)
