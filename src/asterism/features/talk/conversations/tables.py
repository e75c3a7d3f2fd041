"""Tables of conversations."""

import sqlalchemy as sa

from asterism.kernel.db import metadata, partial_index

ACTIVE_SQL = sa.text("status IN ('pending', 'running') OR collecting")
IS_ACTIVE = sa.text("(conversation_messages.status IN ('pending', 'running') OR conversation_messages.collecting)")
"""The same in a query: written out, since SQLite takes a partial index only for the very words of its condition."""

RUNNING_SQL = sa.text("status = 'running' AND role = 'assistant'")

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("owner_user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("title_source", sa.Text, nullable=False),
    sa.Column("next_position", sa.Integer, nullable=False),
    sa.Column("last_at", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Text, nullable=False),
)
sa.Index("ix_conversations_owner_user_id_updated_at", conversations.c.owner_user_id, conversations.c.updated_at)
sa.Index("ix_conversations_workspace_id_updated_at", conversations.c.workspace_id, conversations.c.updated_at)
sa.Index("ix_conversations_project_id", conversations.c.project_id)

conversation_messages = sa.Table(
    "conversation_messages",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("completed_at", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("cancelled_by", sa.Text),
    sa.Column("files_changed", sa.Text),
    sa.Column("manifest_hash", sa.Text),
    sa.Column("workspace_id", sa.Text),
    sa.Column("tree", sa.Text),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("log_start", sa.BigInteger, nullable=False),
    sa.Column("infos", sa.Text, nullable=False),
    sa.Column("parked", sa.Boolean, nullable=False),
    sa.Column("collecting", sa.Boolean, nullable=False),
    sa.Column("hidden_by", sa.Text),
    sa.Column("grants", sa.Text, nullable=False, server_default="[]"),
    sa.Column("usage", sa.Text),
    sa.Column("cut_after", sa.Text),
    sa.UniqueConstraint("conversation_id", "position"),
)
_m = conversation_messages.c
partial_index("uq_conversation_messages_running", _m.conversation_id, unique=True, where=RUNNING_SQL)
sa.Index("ix_conversation_messages_counted", _m.conversation_id, _m.hidden_by, _m.status, _m.role)
partial_index("ix_conversation_messages_conversation_id_active", _m.conversation_id, _m.position, where=ACTIVE_SQL)
partial_index("ix_conversation_messages_active", _m.created_at, where=ACTIVE_SQL)

conversation_parts = sa.Table(
    "conversation_parts",
    metadata,
    sa.Column("message_id", sa.Text, sa.ForeignKey("conversation_messages.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("hidden_by", sa.Text),
)

conversation_questions = sa.Table(
    "conversation_questions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("message_id", sa.Text, sa.ForeignKey("conversation_messages.id", ondelete="CASCADE"), nullable=False),
    sa.Column("agent_id", sa.Text, nullable=False),
    sa.Column("session_id", sa.Text, nullable=False),
    sa.Column("inquiries", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("answers", sa.Text),
    sa.Column("asked_at", sa.Text, nullable=False),
    sa.Column("closed_at", sa.Text),
)
_q = conversation_questions.c
sa.Index("ix_conversation_questions_conversation_id", _q.conversation_id, _q.asked_at)
sa.Index("ix_conversation_questions_message_id", _q.message_id)

conversation_timeline = sa.Table(
    "conversation_timeline",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("timestamp", sa.Text, nullable=False),
    sa.Column("summary", sa.Text),
    sa.Column("summary_status", sa.Text, nullable=False),
    sa.Column("files", sa.Text, nullable=False),
    sa.Column("manifest_hash", sa.Text, nullable=False),
    sa.Column("previous_manifest_hash", sa.Text),
    sa.Column("hidden_by", sa.Text),
)
sa.Index(
    "ix_conversation_timeline_conversation_id",
    conversation_timeline.c.conversation_id,
    conversation_timeline.c.timestamp,
)
