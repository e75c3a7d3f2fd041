"""The table of what runs used. Chats and projects are named without a reference: their usage outlives them."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

run_usage = sa.Table(
    "run_usage",
    metadata,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("project_id", sa.Text, nullable=False),
    sa.Column("chat_id", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text, nullable=False),
    sa.Column("input_tokens", sa.BigInteger, nullable=False),
    sa.Column("output_tokens", sa.BigInteger, nullable=False),
    sa.Column("cached_input_tokens", sa.BigInteger, nullable=False),
    sa.Column("reasoning_tokens", sa.BigInteger, nullable=False),
    sa.Column("cost_micros", sa.BigInteger),
)
sa.Index("ix_run_usage_user_id_day", run_usage.c.user_id, run_usage.c.day)
sa.Index("ix_run_usage_chat_id", run_usage.c.chat_id)
