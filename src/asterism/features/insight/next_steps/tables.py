"""Tables of next steps."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

next_steps = sa.Table(
    "next_steps",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("rationale", sa.Text),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("effort", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("model", sa.Text),
    sa.Column("generated_at", sa.Text, nullable=False),
    sa.Column("acted_on_at", sa.Text),
    sa.UniqueConstraint("project_id", "folded"),
)

next_step_votes = sa.Table(
    "next_step_votes",
    metadata,
    sa.Column("next_step_id", sa.Text, sa.ForeignKey("next_steps.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("helpful", sa.Boolean, nullable=False),
)
sa.Index("ix_next_step_votes_user_id", next_step_votes.c.user_id)
