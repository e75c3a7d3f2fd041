"""Tables of the map. A whole map is one packed column: it is read and replaced as a whole."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

atlas_indexes = sa.Table(
    "atlas_indexes",
    metadata,
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("manifest_hash", sa.Text, nullable=False),
    sa.Column("snapshot_id", sa.Text),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("graph", sa.LargeBinary, nullable=False),
)

atlas_chunks = sa.Table(
    "atlas_chunks",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("concept_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("model", sa.Text),
    sa.Column("dimension", sa.Integer),
    sa.Column("vector", sa.LargeBinary),
    sa.UniqueConstraint("project_id", "concept_id"),
)

atlas_diagrams = sa.Table(
    "atlas_diagrams",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("concept_id", sa.Text),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("nodes", sa.Text, nullable=False),
    sa.Column("arrows", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
)
sa.Index("ix_atlas_diagrams_project_id", atlas_diagrams.c.project_id)
