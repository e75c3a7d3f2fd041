"""Checkpoints of turns, rewinds, and messages that a rewind has hidden."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Create the tables."""
    op.add_column("conversation_messages", sa.Column("hidden_by", sa.Text))
    op.add_column("conversation_timeline", sa.Column("hidden_by", sa.Text))
    op.create_table(
        "checkpoints",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("owner_user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("call_id", sa.Text),
        sa.Column("tool", sa.Text),
        sa.Column("tree", sa.Text, nullable=False),
        sa.Column("previous_tree", sa.Text),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
    )
    op.create_index("ix_checkpoints_conversation_id_id", "checkpoints", ["conversation_id", "id"])
    op.create_index("ix_checkpoints_owner_user_id", "checkpoints", ["owner_user_id"])
    op.create_index("ix_checkpoints_created_at", "checkpoints", ["created_at"])
    op.create_table(
        "rewinds",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("owner_user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("files", sa.Boolean, nullable=False),
        sa.Column("from_tree", sa.Text),
        sa.Column("tree", sa.Text),
        sa.Column("next_position", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("undone_at", sa.Text),
    )
    op.create_index("ix_rewinds_conversation_id_id", "rewinds", ["conversation_id", "id"])
    op.create_index("ix_rewinds_owner_user_id", "rewinds", ["owner_user_id"])
