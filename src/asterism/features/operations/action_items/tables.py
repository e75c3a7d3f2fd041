"""Tables of action items."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

action_items = sa.Table(
    "action_items",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner_user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("prompt", sa.Text, nullable=False),
    sa.Column("files", sa.Text, nullable=False),
    sa.Column("metadata", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("deployment_id", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Text, nullable=False),
    sa.UniqueConstraint("workspace_id", "type", "rule"),
)
sa.Index("ix_action_items_owner_user_id_status", action_items.c.owner_user_id, action_items.c.status)
sa.Index("ix_action_items_project_id", action_items.c.project_id)
sa.Index("ix_action_items_deployment_id", action_items.c.deployment_id)

action_item_dismissals = sa.Table(
    "action_item_dismissals",
    metadata,
    sa.Column(
        "workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True, nullable=False
    ),
    sa.Column("source", sa.Text, primary_key=True, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("dismissed_at", sa.Text, nullable=False),
)

analyses = sa.Table(
    "analyses",
    metadata,
    sa.Column(
        "project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True, nullable=False
    ),
    sa.Column("workspace_id", sa.Text, nullable=False),
    sa.Column("manifest_hash", sa.Text, nullable=False),
    sa.Column("rules", sa.Integer, nullable=False),
    sa.Column("asked", sa.Boolean, nullable=False),
    sa.Column("found", sa.LargeBinary, nullable=False),
    sa.Column("analyzed_at", sa.Text, nullable=False),
)
