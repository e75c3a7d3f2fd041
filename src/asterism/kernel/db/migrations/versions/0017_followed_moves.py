"""Which version of each workspace those who follow moves have dealt with."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "followed_moves",
        sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("follower", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
