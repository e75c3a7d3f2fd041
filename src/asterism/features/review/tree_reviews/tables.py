"""The table of reviews of stored trees. Documents are JSON texts."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

tree_reviews = sa.Table(
    "tree_reviews",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("against", sa.Text, nullable=False),
    sa.Column("base_tree", sa.Text),
    sa.Column("tree", sa.Text, nullable=False),
    sa.Column("snapshot_id", sa.Text),
    sa.Column("lenses", sa.Text, nullable=False),
    sa.Column("profile", sa.Text),
    sa.Column("error_code", sa.Text),
    sa.Column("error_message", sa.Text),
    sa.Column("summary", sa.Text),
    sa.Column("coverage", sa.Text),
    sa.Column("finding_ids", sa.Text, nullable=False),
    sa.Column("new_count", sa.Integer, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text),
)
sa.Index("ix_tree_reviews_project", tree_reviews.c.project_id, tree_reviews.c.id)
sa.Index("ix_tree_reviews_workspace", tree_reviews.c.workspace_id, tree_reviews.c.id)
sa.Index("ix_tree_reviews_status", tree_reviews.c.status)
