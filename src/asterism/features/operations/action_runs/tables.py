"""The table of runs of action items."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

action_item_runs = sa.Table(
    "action_item_runs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("item_id", sa.Text, sa.ForeignKey("action_items.id", ondelete="CASCADE"), nullable=False),
    sa.Column("asked_id", sa.Text, nullable=False),
    sa.Column("owner_user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    sa.Column("project_id", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("attempt_count", sa.Integer, nullable=False),
    sa.Column("base_manifest_hash", sa.Text, nullable=False),
    sa.Column("result_manifest_hash", sa.Text),
    sa.Column("summary", sa.Text),
    sa.Column("report", sa.Text),
    sa.Column("patch", sa.Text),
    sa.Column("checks", sa.Text, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("applied_manifest_hash", sa.Text),
    sa.Column("applied_snapshot_id", sa.Text),
    sa.Column("launch", sa.Integer, nullable=False),
    sa.Column("hosted", sa.Boolean, nullable=False),
    sa.Column("started_at", sa.Text),
    sa.Column("completed_at", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Text, nullable=False),
)
sa.Index("ix_action_item_runs_item_id", action_item_runs.c.item_id, action_item_runs.c.created_at)
sa.Index("ix_action_item_runs_owner_user_id", action_item_runs.c.owner_user_id)
sa.Index("ix_action_item_runs_workspace_id", action_item_runs.c.workspace_id)
sa.Index("ix_action_item_runs_status", action_item_runs.c.status)
