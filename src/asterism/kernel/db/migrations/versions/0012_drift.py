"""Drift reports."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "drift_reports",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("source_workspace_id", sa.Text, nullable=False),
        sa.Column("workspace_snapshot_id", sa.Text),
        sa.Column("source_snapshot_id", sa.Text),
        sa.Column("workspace_manifest_hash", sa.Text),
        sa.Column("source_manifest_hash", sa.Text),
        sa.Column("files_added", sa.Integer, nullable=False),
        sa.Column("files_modified", sa.Integer, nullable=False),
        sa.Column("files_deleted", sa.Integer, nullable=False),
        sa.Column("bytes_changed", sa.BigInteger, nullable=False),
        sa.Column("summary", sa.Text),
        sa.Column("large_files", sa.Boolean),
        sa.Column("paths", sa.LargeBinary),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("reported_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drift_reports"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_drift_reports_workspace_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_drift_reports_workspace_id_id", "drift_reports", ["workspace_id", "id"])
