"""Jobs are rows of this database (ADR 0218)."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
serves_since = "0041"


def upgrade() -> None:
    """Make the tables. The jobs of an earlier release are taken over by the start of a server."""
    op.create_table(
        "jobs",
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
    op.create_index("ix_jobs_created_at", "jobs", ["created_at"])
    waiting, running = sa.text("status = 'waiting'"), sa.text("status = 'running'")
    op.create_index(
        "ix_jobs_due_at",
        "jobs",
        ["due_at"],
        sqlite_where=sa.or_(waiting, running),
        postgresql_where=sa.or_(waiting, running),
    )
    op.create_index(
        "uq_jobs_waiting", "jobs", ["name", "key"], unique=True, sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index(
        "uq_jobs_running", "jobs", ["name", "key"], unique=True, sqlite_where=running, postgresql_where=running
    )
    op.create_table(
        "job_schedules",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("rung_at", sa.Text, nullable=False),
    )
