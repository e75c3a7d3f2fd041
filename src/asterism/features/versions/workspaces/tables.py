"""Tables of workspaces."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

workspaces = sa.Table(
    "workspaces",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("identifier", sa.Text, nullable=False),
    sa.Column("machine_id", sa.Text),
    sa.Column("base_snapshot_id", sa.Text),
    sa.Column("current_snapshot_id", sa.Text),
    sa.Column("current_manifest_hash", sa.Text),
    sa.Column("local_path", sa.Text),
    sa.Column("last_seen_at", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("deleted_at", sa.Text),
    sa.Column("dirty_since", sa.Text),
)
sa.Index("ix_workspaces_project_id_created_at", workspaces.c.project_id, workspaces.c.created_at)

pointer_moves = sa.Table(
    "pointer_moves",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    sa.Column("from_snapshot_id", sa.Text),
    sa.Column("to_snapshot_id", sa.Text),
    sa.Column("from_manifest_hash", sa.Text),
    sa.Column("to_manifest_hash", sa.Text),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
)
sa.Index("ix_pointer_moves_workspace_id_created_at", pointer_moves.c.workspace_id, pointer_moves.c.created_at)

followed_moves = sa.Table(
    "followed_moves",
    metadata,
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("follower", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)
