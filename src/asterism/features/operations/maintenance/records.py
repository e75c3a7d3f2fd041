"""What was done in the background, for those who look after the server (Fastest 12)."""

from collections.abc import Sequence

from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.kernel.db import Tx
from asterism.kernel.jobs import JobQueue, JobRecord


def list_jobs(tx: Tx, jobs: JobQueue, caller: Caller, *, name: str | None, limit: int) -> Sequence[JobRecord]:
    """Return the newest jobs of all users, of one name or all. Raises NotAdmin, Unavailable or InsufficientScope."""
    identity.require_admin(tx, caller)
    return jobs.list(name=name, limit=limit)
