"""Tables of infrastructure."""

import sqlalchemy as sa

from asterism.kernel.db import metadata, partial_index
from asterism.kernel.secrets import sealed_column

provider_credentials = sa.Table(
    "provider_credentials",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sealed_column("api_token"),
    sa.Column("metadata", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Text, nullable=False),
    sa.UniqueConstraint("user_id", "provider"),
)

deployment_settings = sa.Table(
    "deployment_settings",
    metadata,
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("auto_deploy", sa.Boolean, nullable=False),
    sa.Column("runtime_override", sa.Text),
    sa.Column("build_command", sa.Text),
    sa.Column("start_command", sa.Text),
    sa.Column("root", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Text, nullable=False),
    sa.Column("auto_seen", sa.Text),
)

resources = sa.Table(
    "infrastructure_resources",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("provider_resource_id", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sealed_column("connection_info", nullable=True),
    sa.Column("env_var", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Text, nullable=False),
)
discarded_resources = sa.Table(
    "discarded_resources",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("provider_resource_id", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", sa.Text, nullable=False),
    sa.Column("user_id", sa.Text),
)
"""What outlives its project until a provider has destroyed it: no foreign key, since the rows it stood in are gone."""
sa.Index("ix_infrastructure_resources_project_id", resources.c.project_id)
partial_index(
    "uq_infrastructure_resources_live",
    resources.c.project_id,
    resources.c.type,
    resources.c.name,
    unique=True,
    where=resources.c.status != "deleted",
)
