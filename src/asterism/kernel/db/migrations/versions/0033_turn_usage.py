"""What the agents of turns took of their models."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Add the column; of turns that ended before, nothing is known."""
    op.add_column("conversation_messages", sa.Column("usage", sa.Text))
