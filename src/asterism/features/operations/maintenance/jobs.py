"""The two clean-up jobs and their times."""

from collections.abc import Mapping

from asterism.features.operations.maintenance.service import Chore, do_chores
from asterism.kernel.db import Database
from asterism.kernel.jobs import Job, JobQueue

EXPIRY = "maintenance.expiry"
RETENTION = "maintenance.retention"
EXPIRY_SECONDS = 600
RETENTION_SECONDS = 86_400


def register(jobs: JobQueue, db: Database, *, expiry: Mapping[str, Chore], retention: Mapping[str, Chore]) -> None:
    """Have `expiry` done at the start and every ten minutes, `retention` once a day."""

    def expire(_job: Job) -> dict[str, int]:
        return do_chores(db, expiry)

    def retain(_job: Job) -> dict[str, int]:
        return do_chores(db, retention)

    jobs.register(EXPIRY, expire)
    jobs.register(RETENTION, retain)
    jobs.schedule(EXPIRY, seconds=EXPIRY_SECONDS, at_start=True)
    jobs.schedule(RETENTION, seconds=RETENTION_SECONDS)
