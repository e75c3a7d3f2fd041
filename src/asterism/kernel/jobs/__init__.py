"""Durable jobs: work that must happen even when the process dies in the middle of it.

A feature's `jobs.py` registers functions by name; a use case enqueues by name once its transaction is committed:

    tx.after_commit(lambda: jobs.enqueue("drift.refresh", {"workspace_id": id}, key=id, delay=5))

Every job is idempotent (it may run again after a crash), has one runner per key, is retried after 10, 60 and 300 s, and
ends with a stored outcome (Fastest 12).
"""

from asterism.kernel.jobs.attempts import BACKOFF
from asterism.kernel.jobs.durable import DurableJobs
from asterism.kernel.jobs.follow_up import FollowUp
from asterism.kernel.jobs.memory import MemoryJobs
from asterism.kernel.jobs.port import Handler, Job, JobQueue, JobRecord, Schedule, Status
from asterism.kernel.jobs.predecessor import take_over

__all__ = [
    "BACKOFF",
    "DurableJobs",
    "FollowUp",
    "Handler",
    "Job",
    "JobQueue",
    "JobRecord",
    "MemoryJobs",
    "Schedule",
    "Status",
    "take_over",
]
