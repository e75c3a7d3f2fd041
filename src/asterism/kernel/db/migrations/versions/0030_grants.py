"""The env vars that a turn was granted."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add the column."""
    op.add_column("conversation_messages", sa.Column("grants", sa.Text, nullable=False, server_default="[]"))
