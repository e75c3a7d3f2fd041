"""Tables of reviews. Documents are JSON texts; what lists filter and sort by has columns of its own."""

import sqlalchemy as sa

from asterism.kernel.db import metadata
from asterism.kernel.secrets.registry import sealed_column

reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("project_path", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("branch", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text),
    sa.Column("record", sa.Text),
    sealed_column("snapshot", nullable=True),
)
sa.Index("ix_reviews_created", reviews.c.created_at, reviews.c.id)
sa.Index("ix_reviews_project", reviews.c.project_path, reviews.c.created_at)
sa.Index("ix_reviews_state", reviews.c.state, reviews.c.ended_at)

review_drilldowns = sa.Table(
    "review_drilldowns",
    metadata,
    sa.Column("review_id", sa.Text, sa.ForeignKey("reviews.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("issue_id", sa.Text, primary_key=True),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)

review_dismissals = sa.Table(
    "review_dismissals",
    metadata,
    sa.Column("project_path", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
)
