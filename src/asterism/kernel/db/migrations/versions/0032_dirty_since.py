"""Since when the working tree of a workspace differs from its head."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Add the column. It stays empty for trees that are dirty now: their day begins at the next look."""
    op.add_column("workspaces", sa.Column("dirty_since", sa.Text))
