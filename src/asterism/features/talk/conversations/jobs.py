"""The job that saves what nobody has saved for a day, where no turn runs (Fastest 12.2)."""

from asterism.features.talk.conversations import store
from asterism.features.versions import workspaces
from asterism.kernel.db import Database
from asterism.kernel.jobs import Job, JobQueue

AUTOSAVE = "workspaces.autosave"
AUTOSAVE_SECONDS = 900


def register(jobs: JobQueue, db: Database) -> None:
    """Have working trees looked at when the server starts, and every fifteen minutes."""

    def autosave(_job: Job) -> int:
        return workspaces.autosave(db, store.runs_in)

    jobs.register(AUTOSAVE, autosave)
    jobs.schedule(AUTOSAVE, seconds=AUTOSAVE_SECONDS, at_start=True)
