"""Tables of deployments."""

import sqlalchemy as sa

from asterism.kernel.db import metadata
from asterism.kernel.secrets import sealed_column

deployments = sa.Table(
    "deployments",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="SET NULL")),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("owner_user_id", sa.Text, nullable=False),
    sa.Column("snapshot_id", sa.Text),
    sa.Column("manifest_hash", sa.Text, nullable=False),
    sa.Column("conversation_id", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("trigger", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("provider", sa.Text),
    sa.Column("env_version", sa.Integer),
    sa.Column("plan", sa.Text),
    sa.Column("plan_hash", sa.Text),
    sa.Column("rollback_of", sa.Text),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("completed_at", sa.Text),
    sa.Column("cause", sa.Text),
    sa.Column("begun_at", sa.Text),
)
sa.Index("ix_deployments_workspace_id_id", deployments.c.workspace_id, deployments.c.id)
sa.Index("ix_deployments_project_id_id", deployments.c.project_id, deployments.c.id)

deployment_logs = sa.Table(
    "deployment_logs",
    metadata,
    sa.Column(
        "deployment_id", sa.Text, sa.ForeignKey("deployments.id", ondelete="CASCADE"), primary_key=True, nullable=False
    ),
    sa.Column("number", sa.Integer, primary_key=True, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("entries", sa.Text, nullable=False),
)

env_versions = sa.Table(
    "env_versions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sealed_column("variables"),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.UniqueConstraint("project_id", "version"),
)

app_slots = sa.Table(
    "app_slots",
    metadata,
    sa.Column("slot", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("port", sa.Integer, nullable=False),
    sa.Column("deployment_id", sa.Text, nullable=False),
)
sa.Index("ix_app_slots_project_id", app_slots.c.project_id)
