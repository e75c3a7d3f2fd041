"""Table of rewinds."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

rewinds = sa.Table(
    "rewinds",
    metadata,
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
    sa.Column("cut", sa.Text),
)
sa.Index("ix_rewinds_conversation_id_id", rewinds.c.conversation_id, rewinds.c.id)
sa.Index("ix_rewinds_owner_user_id", rewinds.c.owner_user_id)
