"""The table of chunks. The full-text index over it, `search_fts`, is made by the migration in each engine's own way."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

search_chunks = sa.Table(
    "search_chunks",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("source_id", sa.Text, nullable=False),
    sa.Column("owner_user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    sa.Column("workspace_id", sa.Text, sa.ForeignKey("workspaces.id", ondelete="CASCADE")),
    sa.Column("chat_id", sa.Text, sa.ForeignKey("chats.id", ondelete="CASCADE")),
    sa.Column("heading", sa.Text, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("cjk", sa.Text, nullable=False),
    sa.Column("tokens", sa.Integer, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Text, nullable=False),
    sa.UniqueConstraint("id"),
    sa.UniqueConstraint("source_id", "ordinal"),
)
sa.Index("ix_search_chunks_owner_user_id", search_chunks.c.owner_user_id)
sa.Index("ix_search_chunks_project_id_kind", search_chunks.c.project_id, search_chunks.c.kind)
sa.Index("ix_search_chunks_workspace_id", search_chunks.c.workspace_id)
sa.Index("ix_search_chunks_chat_id", search_chunks.c.chat_id)
