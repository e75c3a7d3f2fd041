"""What git says about the commit that a snapshot came from, and a snapshot does not hold itself."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column; snapshots that are there have none."""
    op.add_column("snapshots", sa.Column("origin", sa.Text))
