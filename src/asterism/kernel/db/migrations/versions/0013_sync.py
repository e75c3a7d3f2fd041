"""Previews of syncs, and syncs that were executed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "sync_previews",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_previews")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_sync_previews_workspace_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sync_previews_user_id"), ondelete="CASCADE"),
    )
    op.create_index("ix_sync_previews_workspace_id", "sync_previews", ["workspace_id"])
    op.create_index("ix_sync_previews_user_id", "sync_previews", ["user_id"])
    op.create_index("ix_sync_previews_expires_at", "sync_previews", ["expires_at"])
    op.create_table(
        "syncs",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("source_workspace_id", sa.Text, nullable=False),
        sa.Column("source_snapshot_id", sa.Text, nullable=False),
        sa.Column("snapshot_id", sa.Text, nullable=False),
        sa.Column("before_snapshot_id", sa.Text),
        sa.Column("executed_at", sa.Text, nullable=False),
        sa.Column("undone_at", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_syncs")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_syncs_workspace_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_syncs_workspace_id_id", "syncs", ["workspace_id", "id"])
