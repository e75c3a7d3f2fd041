"""Tables of snapshots."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

snapshots = sa.Table(
    "snapshots",
    metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("workspace_id", sa.Text),
    sa.Column("manifest_hash", sa.Text, nullable=False),
    sa.Column("parents", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("summary", sa.Text),
    sa.Column("author_name", sa.Text, nullable=False),
    sa.Column("author_email", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("registered_at", sa.Text, nullable=False),
    sa.Column("fast_forward", sa.Boolean),
    sa.Column("verified", sa.Boolean, nullable=False),
    sa.Column("origin", sa.Text),
    sa.Column("token_id", sa.Text),  # what registered it; tokens go, this stays
    sa.UniqueConstraint("project_id", "id"),
)
sa.Index("ix_snapshots_id", snapshots.c.id)
sa.Index("ix_snapshots_project_id_seq", snapshots.c.project_id, snapshots.c.seq)
sa.Index("ix_snapshots_workspace_id_seq", snapshots.c.workspace_id, snapshots.c.seq)
sa.Index("ix_snapshots_token_id_seq", snapshots.c.token_id, snapshots.c.seq)

snapshot_parents = sa.Table(
    "snapshot_parents",
    metadata,
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("snapshot_id", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("parent_id", sa.Text, nullable=False),
)

tags = sa.Table(
    "tags",
    metadata,
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("snapshot_id", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
)

known_authors = sa.Table(
    "known_authors",
    metadata,
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("email", sa.Text, primary_key=True),
    sa.Column("taught_at", sa.Text, nullable=False),
)
