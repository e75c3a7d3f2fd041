"""Tables of drift."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

drift_reports = sa.Table(
    "drift_reports",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
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
)
sa.Index("ix_drift_reports_workspace_id_id", drift_reports.c.workspace_id, drift_reports.c.id)
