"""The job that analyses projects, and the times at which it looks for what it has missed (Fastest 12.4)."""

from asterism.features.operations.action_items.analysis import ANALYZE, Analyst, behind
from asterism.kernel.jobs import Job, JobQueue

SWEEP = "actions.sweep"
SWEEP_SECONDS = 900


def register(jobs: JobQueue, analyst: Analyst) -> None:
    """Have projects analysed when main has moved, and every fifteen minutes where that was missed."""

    async def analyze(job: Job) -> int:
        return await analyst.analyze(str(job.payload["project_id"]))

    def sweep(_job: Job) -> int:
        with analyst.db.read() as tx:
            found = behind(tx)
        for project_id in found:
            analyst.enqueue(jobs, project_id)
        return len(found)

    jobs.register(ANALYZE, analyze)
    jobs.register(SWEEP, sweep)
    jobs.schedule(SWEEP, seconds=SWEEP_SECONDS, at_start=True)
