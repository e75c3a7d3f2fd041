"""Conversations with coding agents, and streams that several processes write."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

RUNNING = sa.text("status = 'running' AND role = 'assistant'")
ACTIVE = sa.text("status IN ('pending', 'running') OR collecting")


def upgrade() -> None:
    """Create the tables."""
    op.add_column("streams", sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("streams", sa.Column("floor", sa.BigInteger, nullable=False, server_default="0"))
    op.create_table(
        "conversations",
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
    op.create_index("ix_conversations_owner_user_id_updated_at", "conversations", ["owner_user_id", "updated_at"])
    op.create_index("ix_conversations_workspace_id_updated_at", "conversations", ["workspace_id", "updated_at"])
    op.create_index("ix_conversations_project_id", "conversations", ["project_id"])
    op.create_table(
        "conversation_messages",
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
        sa.UniqueConstraint("conversation_id", "position"),
    )
    op.create_index(
        "uq_conversation_messages_running",
        "conversation_messages",
        ["conversation_id"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
    op.create_index(
        "ix_conversation_messages_active",
        "conversation_messages",
        ["created_at"],
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    messages = sa.ForeignKey("conversation_messages.id", ondelete="CASCADE")
    op.create_table(
        "conversation_parts",
        sa.Column("message_id", sa.Text, messages, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_table(
        "conversation_questions",
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
    op.create_index(
        "ix_conversation_questions_conversation_id", "conversation_questions", ["conversation_id", "asked_at"]
    )
    op.create_index("ix_conversation_questions_message_id", "conversation_questions", ["message_id"])
    op.create_table(
        "conversation_timeline",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("timestamp", sa.Text, nullable=False),
        sa.Column("summary", sa.Text),
        sa.Column("summary_status", sa.Text, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("manifest_hash", sa.Text, nullable=False),
        sa.Column("previous_manifest_hash", sa.Text),
    )
    op.create_index(
        "ix_conversation_timeline_conversation_id", "conversation_timeline", ["conversation_id", "timestamp"]
    )
