"""Runs of action items."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

TEXTS = ("item_id", "asked_id", "owner_user_id", "workspace_id", "project_id", "status")
MAYBE = ("result_manifest_hash", "summary", "report", "patch")
APPLIED = ("error", "applied_manifest_hash", "applied_snapshot_id")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "action_item_runs",
        sa.Column("id", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in TEXTS),
        sa.Column("attempt_count", sa.Integer, nullable=False),
        sa.Column("base_manifest_hash", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text) for name in MAYBE),
        sa.Column("checks", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text) for name in APPLIED),
        sa.Column("launch", sa.Integer, nullable=False),
        sa.Column("hosted", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("started_at", "completed_at")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("created_at", "updated_at")),
        sa.PrimaryKeyConstraint("id", name="pk_action_item_runs"),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_action_item_runs_{column}"), ondelete="CASCADE")
            for column, target in (
                ("item_id", "action_items.id"),
                ("owner_user_id", "users.id"),
                ("workspace_id", "workspaces.id"),
            )
        ),
    )
    op.create_index("ix_action_item_runs_item_id", "action_item_runs", ["item_id", "created_at"])
    for column in ("owner_user_id", "workspace_id", "status"):
        op.create_index(f"ix_action_item_runs_{column}", "action_item_runs", [column])
