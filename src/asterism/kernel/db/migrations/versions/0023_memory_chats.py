"""Versions of memory know the chat that they come from."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the column."""
    op.add_column("memory_versions", sa.Column("chat_id", sa.Text))
