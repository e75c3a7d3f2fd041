"""Pairs of workspaces, and what merging them would come to."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "forecast_pairs",
        sa.Column("a", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("b", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
        sa.Column("a_tree", sa.Text, nullable=False),
        sa.Column("b_tree", sa.Text, nullable=False),
        sa.Column("a_head", sa.Text),
        sa.Column("b_head", sa.Text),
        sa.Column("base_kind", sa.Text, nullable=False),
        sa.Column("base", sa.Text, nullable=False),
        sa.Column("conflict_count", sa.Integer, nullable=False),
        sa.Column("overlap_count", sa.Integer, nullable=False),
        sa.Column("details", sa.LargeBinary, nullable=False),
        sa.Column("computed_at", sa.Text, nullable=False),
    )
    op.create_index("ix_forecast_pairs_project_id", "forecast_pairs", ["project_id"])
    op.create_index("ix_forecast_pairs_b", "forecast_pairs", ["b"])
