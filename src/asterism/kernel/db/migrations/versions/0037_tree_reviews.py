"""Reviews of stored trees, the findings that they keep, and where these stand in workspaces."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "tree_reviews",
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
    op.create_index("ix_tree_reviews_project", "tree_reviews", ["project_id", "id"])
    op.create_index("ix_tree_reviews_workspace", "tree_reviews", ["workspace_id", "id"])
    op.create_index("ix_tree_reviews_status", "tree_reviews", ["status"])
    op.create_table(
        "tracked_findings",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("likeness", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("anchor_kind", sa.Text, nullable=False),
        sa.Column("anchor", sa.Text, nullable=False),
        sa.Column("issue", sa.Text, nullable=False),
        sa.Column("first_tree", sa.Text, nullable=False),
        sa.Column("first_snapshot_id", sa.Text),
        sa.Column("first_review_id", sa.Text, nullable=False),
        sa.Column("first_workspace_id", sa.Text, nullable=False),
        sa.Column("gone_tree", sa.Text),
        sa.Column("introduced", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("changed_at", sa.Text, nullable=False),
        sa.UniqueConstraint("project_id", "number", name="uq_tracked_findings_number"),
        sa.UniqueConstraint("project_id", "fingerprint", name="uq_tracked_findings_fingerprint"),
    )
    op.create_index("ix_tracked_findings_status", "tracked_findings", ["project_id", "status"])
    op.create_index("ix_tracked_findings_file", "tracked_findings", ["project_id", "file"])
    op.create_index("ix_tracked_findings_likeness", "tracked_findings", ["project_id", "likeness"])
    op.create_table(
        "finding_places",
        sa.Column("finding_id", sa.Text, sa.ForeignKey("tracked_findings.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
    )
    op.create_index("ix_finding_places_workspace", "finding_places", ["workspace_id", "path"])
    op.create_index("ix_finding_places_path", "finding_places", ["path"])
    op.create_table(
        "finding_trees",
        sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
        sa.Column("tree", sa.Text),
        sa.Column("upto", sa.Integer, nullable=False),
    )
    op.create_index("ix_finding_trees_project", "finding_trees", ["project_id"])
