"""Tables of decisions."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("conversation_id", sa.Text),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),
    sa.Column("rationale", sa.Text),
    sa.Column("category", sa.Text),
    sa.Column("decided_at", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("superseded_by", sa.Text),
    sa.Column("tree", sa.Text),
    sa.Column("stale_since", sa.Text),
    sa.Column("changed", sa.Text, nullable=False),
    sa.UniqueConstraint("project_id", "folded"),
)

decision_links = sa.Table(
    "decision_links",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("owner_user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("decision_id", sa.Text, sa.ForeignKey("decisions.id", ondelete="CASCADE"), nullable=False),
    sa.Column("concept_id", sa.Text, nullable=False),
    sa.Column("confidence", sa.Integer, nullable=False),
    sa.Column("blob", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.UniqueConstraint("decision_id", "concept_id"),
)
sa.Index("ix_decision_links_project_id", decision_links.c.project_id)
sa.Index("ix_decision_links_owner_user_id", decision_links.c.owner_user_id)
