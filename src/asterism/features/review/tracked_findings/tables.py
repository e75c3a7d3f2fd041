"""Tables of findings that live with trees: the findings, where they stand by workspace, and as of which tree."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

tracked_findings = sa.Table(
    "tracked_findings",
    metadata,
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
sa.Index("ix_tracked_findings_status", tracked_findings.c.project_id, tracked_findings.c.status)
sa.Index("ix_tracked_findings_file", tracked_findings.c.project_id, tracked_findings.c.file)
sa.Index("ix_tracked_findings_likeness", tracked_findings.c.project_id, tracked_findings.c.likeness)

finding_places = sa.Table(
    "finding_places",
    metadata,
    sa.Column("finding_id", sa.Text, sa.ForeignKey("tracked_findings.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
)
sa.Index("ix_finding_places_workspace", finding_places.c.workspace_id, finding_places.c.path)
sa.Index("ix_finding_places_path", finding_places.c.path)

finding_trees = sa.Table(
    "finding_trees",
    metadata,
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("tree", sa.Text),
    sa.Column("upto", sa.Integer, nullable=False),
)
sa.Index("ix_finding_trees_project", finding_trees.c.project_id)
