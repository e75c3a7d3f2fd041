"""Jobs: new heads are deployed by themselves (Fastest 12.3), files of what was deleted are removed."""

import math

from asterism.features.operations import infrastructure
from asterism.features.operations.deployments.manager import SETTLING_SECONDS, Deployments
from asterism.kernel.db import Database
from asterism.kernel.jobs import Job, JobQueue

DEPLOY = "deployments.auto"
SWEEP = "deployments.auto_sweep"
SWEEP_SECONDS = 900
TIDY = "deployments.tidy"
TIDY_SECONDS = 3600
TIDY_DELAY = 10.0  # by then what works on them was ended


def register(jobs: JobQueue, db: Database, deployments: Deployments) -> None:
    """Have new heads deployed by project, and every fifteen minutes where moves were missed."""

    async def deploy(job: Job) -> None:
        project_id = str(job.payload["project_id"])
        later = await deployments.deploy_new_heads(project_id)
        if later is not None:
            jobs.enqueue(DEPLOY, {"project_id": project_id}, key=project_id, delay=math.ceil(later))

    def sweep(_job: Job) -> int:
        with db.read() as tx:
            found = {new.project_id for new in infrastructure.heads_to_deploy(tx)}
        for project_id in found:
            enqueue(jobs, project_id)
        return len(found)

    async def tidy(_job: Job) -> None:
        await deployments.tidy()

    jobs.register(DEPLOY, deploy)
    jobs.register(SWEEP, sweep)
    jobs.schedule(SWEEP, seconds=SWEEP_SECONDS, at_start=True)
    jobs.register(TIDY, tidy)
    jobs.schedule(TIDY, seconds=TIDY_SECONDS, at_start=True)


def enqueue_tidy(jobs: JobQueue, _project_id: str) -> None:
    """Have the files of what was deleted removed."""
    jobs.enqueue(TIDY, {}, key=TIDY, delay=TIDY_DELAY)


def enqueue(jobs: JobQueue, project_id: str) -> None:
    """Have a project looked at when what has just moved has settled."""
    jobs.enqueue(DEPLOY, {"project_id": project_id}, key=project_id, delay=SETTLING_SECONDS)
