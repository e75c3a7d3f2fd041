"""Action items, and what was analysed."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Create the tables."""
    _create_items()
    _create_dismissals()
    op.create_table(
        "analyses",
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("manifest_hash", sa.Text, nullable=False),
        sa.Column("rules", sa.Integer, nullable=False),
        sa.Column("asked", sa.Boolean, nullable=False),
        sa.Column("found", sa.LargeBinary, nullable=False),
        sa.Column("analyzed_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("project_id", name="pk_analyses"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_analyses_project_id"), ondelete="CASCADE"
        ),
    )


def _create_items() -> None:
    texts = ("type", "severity", "rule", "cause", "title")
    op.create_table(
        "action_items",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("owner_user_id", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("description", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("prompt", "files", "metadata", "status")),
        sa.Column("deployment_id", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_action_items"),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_action_items_{column}"), ondelete="CASCADE")
            for column, target in (
                ("owner_user_id", "users.id"),
                ("project_id", "projects.id"),
                ("workspace_id", "workspaces.id"),
            )
        ),
        sa.UniqueConstraint("workspace_id", "type", "rule", name=op.f("uq_action_items_workspace_id_type_rule")),
    )
    op.create_index("ix_action_items_owner_user_id_status", "action_items", ["owner_user_id", "status"])
    op.create_index("ix_action_items_project_id", "action_items", ["project_id"])
    op.create_index("ix_action_items_deployment_id", "action_items", ["deployment_id"])


def _create_dismissals() -> None:
    op.create_table(
        "action_item_dismissals",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("dismissed_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "source", name="pk_action_item_dismissals"),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_action_item_dismissals_workspace_id"),
            ondelete="CASCADE",
        ),
    )
