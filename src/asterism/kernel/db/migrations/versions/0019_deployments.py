"""Deployments, their logs, versions of variables, and addresses of apps."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "deployments",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("project_id", sa.Text, nullable=False),
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
        sa.PrimaryKeyConstraint("id", name="pk_deployments"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_deployments_workspace_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_deployments_project_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_deployments_workspace_id_id", "deployments", ["workspace_id", "id"])
    op.create_index("ix_deployments_project_id_id", "deployments", ["project_id", "id"])
    op.create_table(
        "deployment_logs",
        sa.Column("deployment_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("entries", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "number", name="pk_deployment_logs"),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployments.id"], name=op.f("fk_deployment_logs_deployment_id"), ondelete="CASCADE"
        ),
    )
    op.create_table(
        "env_versions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("variables", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_env_versions"),
        sa.UniqueConstraint("project_id", "version", name="uq_env_versions_project_id_version"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_env_versions_project_id"), ondelete="CASCADE"
        ),
    )
    op.create_table(
        "app_slots",
        sa.Column("slot", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("deployment_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("slot", name="pk_app_slots"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_app_slots_project_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_app_slots_project_id", "app_slots", ["project_id"])
