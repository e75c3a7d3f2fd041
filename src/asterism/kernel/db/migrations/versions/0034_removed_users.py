"""When a user was removed: the row stays, so that what names it can still be read."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Add the column."""
    op.add_column("users", sa.Column("removed_at", sa.Text))
