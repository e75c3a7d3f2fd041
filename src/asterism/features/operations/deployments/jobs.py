"""The job that deploys new heads by itself, and the times at which it looks for what it has missed (Fastest 12.3)."""

import math

from asterism.features.operations import infrastructure
from asterism.features.operations.deployments.manager import SETTLING_SECONDS, Deployments
from asterism.kernel.db import Database
from asterism.kernel.jobs import Job, JobQueue

DEPLOY = "deployments.auto"
SWEEP = "deployments.auto_sweep"
SWEEP_SECONDS = 900


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

    jobs.register(DEPLOY, deploy)
    jobs.register(SWEEP, sweep)
    jobs.schedule(SWEEP, seconds=SWEEP_SECONDS, at_start=True)


def enqueue(jobs: JobQueue, project_id: str) -> None:
    """Have a project looked at when what has just moved has settled."""
    jobs.enqueue(DEPLOY, {"project_id": project_id}, key=project_id, delay=SETTLING_SECONDS)
