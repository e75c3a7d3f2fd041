"""Tables of the jobs and of what rings by the clock."""

import sqlalchemy as sa

from asterism.kernel.db import metadata, partial_index

# `status` is one of `port.Status`. A running job without an owner pauses until `due_at`: between two attempts, or
# because the process that ran it has ended. `interruptions` counts the processes that died while they ran it.
jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("key", sa.Text),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("interruptions", sa.Integer, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("due_at", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("started_at", sa.Text),
    sa.Column("ended_at", sa.Text),
    sa.Column("result", sa.Text),
    sa.Column("error", sa.Text),
)
WAITING, RUNNING = jobs.c.status == sa.literal_column("'waiting'"), jobs.c.status == sa.literal_column("'running'")
sa.Index("ix_jobs_created_at", jobs.c.created_at)
partial_index("ix_jobs_due_at", jobs.c.due_at, where=sa.or_(WAITING, RUNNING))
# One job of a key waits and one runs: of those without a key, NULL, there may be any number.
partial_index("uq_jobs_waiting", jobs.c.name, jobs.c.key, unique=True, where=WAITING)
partial_index("uq_jobs_running", jobs.c.name, jobs.c.key, unique=True, where=RUNNING)

# `rung_at` is the last moment of its clock face at which a scheduled job was enqueued.
job_schedules = sa.Table(
    "job_schedules",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("rung_at", sa.Text, nullable=False),
)
