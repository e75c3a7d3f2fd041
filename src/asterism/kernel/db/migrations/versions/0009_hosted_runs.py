"""Runs in progress and the processes that perform them, of all kinds in one place."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the tables, and move what a crash left in progress there, so that the next start can end it."""
    op.create_table(
        "hosted_runs",
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("cancel_reason", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("stream", name="pk_hosted_runs"),
    )
    op.create_index("ix_hosted_runs_owner", "hosted_runs", ["owner"])
    op.create_table(
        "run_owners",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("beat_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_run_owners"),
    )
    op.execute(
        "INSERT INTO hosted_runs (stream, kind, owner, cancel_reason, created_at) "
        "SELECT 'run/' || id, 'chat run', owner, CASE status WHEN 'cancelling' THEN 'cancel' END, created_at "
        "FROM runs WHERE status IN ('queued', 'running', 'cancelling')"
    )
    op.execute(
        "INSERT INTO hosted_runs (stream, kind, owner, created_at) "
        "SELECT 'review:' || id, 'review', '', created_at FROM reviews WHERE kind = 'triage' AND state = 'running'"
    )
    op.drop_column("runs", "owner")
    op.drop_column("runs", "heartbeat_at")
