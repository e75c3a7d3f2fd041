"""Work that follows what happens to a project: done a while after it, and looked for where that was missed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from asterism.kernel.db import Database, Tx
from asterism.kernel.jobs.port import Job, JobQueue

SWEEP_SECONDS = 900


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Two jobs: one does the work of a project, `settling` seconds after it was asked for; one finds what is behind.

    What happens to a project until the work begins is taken together.
    """

    name: str
    sweep: str
    settling: float

    def register(
        self, jobs: JobQueue, db: Database, work: Callable[[str], int], behind: Callable[[Tx], Sequence[str]]
    ) -> None:
        """Have `work(project_id)` done when asked for, and every fifteen minutes for the projects that are `behind`."""

        def do_work(job: Job) -> int:
            return work(str(job.payload["project_id"]))

        def look(_job: Job) -> int:
            with db.read() as tx:
                found = behind(tx)
            for project_id in found:
                self.enqueue(jobs, project_id)
            return len(found)

        jobs.register(self.name, do_work)
        jobs.register(self.sweep, look)
        jobs.schedule(self.sweep, seconds=SWEEP_SECONDS, at_start=True)

    def enqueue(self, jobs: JobQueue, project_id: str) -> None:
        """Have the work of a project done soon."""
        jobs.enqueue(self.name, {"project_id": project_id}, key=project_id, delay=self.settling)
