"""Accounts at providers, deployment settings and resources."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "provider_credentials",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("api_token", sa.Text, nullable=False),
        sa.Column("metadata", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_provider_credentials"),
        sa.UniqueConstraint("user_id", "provider", name="uq_provider_credentials_user_id_provider"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_provider_credentials_user_id"), ondelete="CASCADE"
        ),
    )
    op.create_table(
        "deployment_settings",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("auto_deploy", sa.Boolean, nullable=False),
        sa.Column("runtime_override", sa.Text),
        sa.Column("build_command", sa.Text),
        sa.Column("start_command", sa.Text),
        sa.Column("root", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_deployment_settings"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_deployment_settings_workspace_id"), ondelete="CASCADE"
        ),
    )
    op.create_table(
        "infrastructure_resources",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("provider_resource_id", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("connection_info", sa.Text),
        sa.Column("env_var", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_infrastructure_resources"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_infrastructure_resources_project_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_infrastructure_resources_project_id", "infrastructure_resources", ["project_id"])
    op.create_index(
        "uq_infrastructure_resources_live",
        "infrastructure_resources",
        ["project_id", "type", "name"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
