"""Sessions and their messages; `number` is the order of insertion."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

local_sessions = sa.Table(
    "local_sessions",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("project_path", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Text, nullable=False),
    sa.Column("message_count", sa.Integer, nullable=False),
    sa.Index("ix_local_sessions_updated_at", "updated_at", "number"),
)

local_messages = sa.Table(
    "local_messages",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("session_id", sa.Text, sa.ForeignKey("local_sessions.id", ondelete="CASCADE"), nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Index("ix_local_messages_session_id", "session_id", "number"),
)
