"""Going back into the middle of a turn: what it told after a tool call is hidden, not removed."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Add the columns; no turn is cut yet."""
    op.add_column("conversation_messages", sa.Column("cut_after", sa.Text))
    op.add_column("conversation_parts", sa.Column("hidden_by", sa.Text))
    op.add_column("checkpoints", sa.Column("part_id", sa.Text))
    op.add_column("rewinds", sa.Column("cut", sa.Text))
