"""The table of runs."""

import sqlalchemy as sa

from asterism.kernel.db import metadata, partial_index

ACTIVE_SQL = "status IN ('queued', 'running', 'cancelling')"
IS_ACTIVE = sa.text(f"runs.{ACTIVE_SQL}")
"""The same in a query: written out, since SQLite takes a partial index only for the very words of its condition."""

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("chat_id", sa.Text, sa.ForeignKey("chats.id", ondelete="CASCADE"), nullable=False),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("include_project_memory", sa.Boolean, nullable=False),
    sa.Column("workspace_scope", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("stop_reason", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("usage", sa.Text, nullable=False),
    sa.Column("cost_micros", sa.BigInteger),
    sa.Column("tree", sa.Text),
    sa.Column("budget", sa.Text, nullable=False),
    sa.Column("window", sa.Text, nullable=False),
    sa.Column("context", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("started_at", sa.Text),
    sa.Column("finished_at", sa.Text),
)
sa.Index("ix_runs_chat_id_created_at", runs.c.chat_id, runs.c.created_at)
sa.Index("ix_runs_project_id", runs.c.project_id)
sa.Index("ix_runs_user_id_status", runs.c.user_id, runs.c.status)
sa.Index("ix_runs_status", runs.c.status)
partial_index("uq_runs_active_chat", runs.c.chat_id, unique=True, where=sa.text(ACTIVE_SQL))
