"""Tables of sync."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

sync_previews = sa.Table(
    "sync_previews",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("source_workspace_id", sa.Text, nullable=False),
    sa.Column("source_name", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
    sa.Column("workspace_version", sa.Integer, nullable=False),
    sa.Column("workspace_manifest_hash", sa.Text),
    sa.Column("workspace_snapshot_id", sa.Text),
    sa.Column("source_snapshot_id", sa.Text, nullable=False),
    sa.Column("base_kind", sa.Text, nullable=False),
    sa.Column("base_snapshot_ids", sa.Text, nullable=False),
    sa.Column("plan", sa.LargeBinary, nullable=False),
    sa.Column("model", sa.Text),
    sa.Column("executed_at", sa.Text),
    sa.Column("choices", sa.Text),
    sa.Column("answer", sa.Text),
)
sa.Index("ix_sync_previews_workspace_id", sync_previews.c.workspace_id)
sa.Index("ix_sync_previews_user_id", sync_previews.c.user_id)
sa.Index("ix_sync_previews_expires_at", sync_previews.c.expires_at)

syncs = sa.Table(
    "syncs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    sa.Column("source_workspace_id", sa.Text, nullable=False),
    sa.Column("source_snapshot_id", sa.Text, nullable=False),
    sa.Column("snapshot_id", sa.Text, nullable=False),
    sa.Column("before_snapshot_id", sa.Text),
    sa.Column("executed_at", sa.Text, nullable=False),
    sa.Column("undone_at", sa.Text),
)
sa.Index("ix_syncs_workspace_id_id", syncs.c.workspace_id, syncs.c.id)
