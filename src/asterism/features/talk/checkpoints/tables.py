"""Table of checkpoints."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

checkpoints = sa.Table(
    "checkpoints",
    metadata,
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
    sa.Column("part_id", sa.Text),
)
sa.Index("ix_checkpoints_conversation_id_id", checkpoints.c.conversation_id, checkpoints.c.id)
sa.Index("ix_checkpoints_owner_user_id", checkpoints.c.owner_user_id)
sa.Index("ix_checkpoints_created_at", checkpoints.c.created_at)
