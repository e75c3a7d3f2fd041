"""Tables of memory documents. `id` is the project's or the workspace's."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

memory_documents = sa.Table(
    "memory_documents",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE")),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("updated_at", sa.Text, nullable=False),
)
sa.Index("ix_memory_documents_project_id", memory_documents.c.project_id)
sa.Index("ix_memory_documents_workspace_id", memory_documents.c.workspace_id)

memory_versions = sa.Table(
    "memory_versions",
    metadata,
    sa.Column("document_id", sa.Text, sa.ForeignKey("memory_documents.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text),
    sa.Column("proposal_id", sa.Text),
    sa.Column("chat_id", sa.Text),
    sa.Column("updated_at", sa.Text, nullable=False),
)
