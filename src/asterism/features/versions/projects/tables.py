"""Tables of projects."""

import sqlalchemy as sa

from asterism.kernel.db import metadata
from asterism.kernel.secrets import sealed_column

projects = sa.Table(
    "projects",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("owner_user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("intent", sa.Text),
    sa.Column("brief", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Text, nullable=False),
    sa.Column("last_snapshot_id", sa.Text),
    sa.Column("main_workspace_id", sa.Text),
    sa.Column("main_chosen", sa.Boolean, nullable=False),
    sa.Column("archived_at", sa.Text),
    sa.Column("deleted_at", sa.Text),
)
sa.Index("ix_projects_owner_user_id_updated_at_id", projects.c.owner_user_id, projects.c.updated_at, projects.c.id)

env_vars = sa.Table(
    "env_vars",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sealed_column("value"),
    sa.Column("is_secret", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Text, nullable=False),
    sa.UniqueConstraint("project_id", "key"),
)
