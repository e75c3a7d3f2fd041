"""Tables of chats and messages."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

chats = sa.Table(
    "chats",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="SET NULL")),
    sa.Column("owner_user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("title_source", sa.Text, nullable=False),
    sa.Column("next_position", sa.Integer, nullable=False),
    sa.Column("active_leaf_id", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("active_at", sa.Text, nullable=False),
    sa.Column("last_message_at", sa.Text),
)
sa.Index("ix_chats_project_id_active_at", chats.c.project_id, chats.c.active_at)
sa.Index("ix_chats_workspace_id", chats.c.workspace_id)
sa.Index("ix_chats_owner_user_id", chats.c.owner_user_id)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("chat_id", sa.Text, sa.ForeignKey("chats.id", ondelete="CASCADE"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("parent_id", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text),
    sa.Column("model", sa.Text),
    sa.Column("input_tokens", sa.BigInteger),
    sa.Column("output_tokens", sa.BigInteger),
    sa.Column("cost_micros", sa.BigInteger),
    sa.UniqueConstraint("chat_id", "position"),
)
_m = messages.c
sa.Index("ix_messages_counted", _m.chat_id, _m.role, _m.status, _m.run_id, _m.created_at)
