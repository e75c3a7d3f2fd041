"""Tables of memory documents and of the text index."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# The same expression as in features/talk/retrieval/store.py.
VECTOR = (
    "(setweight(to_tsvector('english', heading) || to_tsvector('simple', heading), 'A') || "
    "setweight(to_tsvector('english', text) || to_tsvector('simple', text) || to_tsvector('simple', cjk), 'B'))"
)
SQLITE = (
    "CREATE VIRTUAL TABLE search_fts USING fts5(heading, text, cjk, project_id, content='search_chunks', content_rowid='n', "
    "tokenize='porter unicode61 remove_diacritics 2')",
    "CREATE TRIGGER search_fts_insert AFTER INSERT ON search_chunks BEGIN "
    "INSERT INTO search_fts(rowid, heading, text, cjk, project_id) "
    "VALUES (new.n, new.heading, new.text, new.cjk, new.project_id); END",
    "CREATE TRIGGER search_fts_delete AFTER DELETE ON search_chunks BEGIN "
    "INSERT INTO search_fts(search_fts, rowid, heading, text, cjk, project_id) "
    "VALUES ('delete', old.n, old.heading, old.text, old.cjk, old.project_id); END",
)


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "memory_documents",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_memory_documents"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_memory_documents_project_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_memory_documents_workspace_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_memory_documents_project_id", "memory_documents", ["project_id"])
    op.create_index("ix_memory_documents_workspace_id", "memory_documents", ["workspace_id"])
    op.create_table(
        "memory_versions",
        sa.Column("document_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text),
        sa.Column("proposal_id", sa.Text),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("document_id", "version", name="pk_memory_versions"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["memory_documents.id"], name="fk_memory_versions_document_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "search_chunks",
        sa.Column("n", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("owner_user_id", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("chat_id", sa.Text),
        sa.Column("heading", sa.Text, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("cjk", sa.Text, nullable=False),
        sa.Column("tokens", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_search_chunks"),
        sa.UniqueConstraint("id", name="uq_search_chunks_id"),
        sa.UniqueConstraint("source_id", "ordinal", name="uq_search_chunks_source_id_ordinal"),
        sa.ForeignKeyConstraint(
            ["owner_user_id"], ["users.id"], name="fk_search_chunks_owner_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_search_chunks_project_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_search_chunks_workspace_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_search_chunks_chat_id", ondelete="CASCADE"),
    )
    op.create_index("ix_search_chunks_owner_user_id", "search_chunks", ["owner_user_id"])
    op.create_index("ix_search_chunks_project_id_kind", "search_chunks", ["project_id", "kind"])
    op.create_index("ix_search_chunks_workspace_id", "search_chunks", ["workspace_id"])
    op.create_index("ix_search_chunks_chat_id", "search_chunks", ["chat_id"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
    else:
        op.execute(f"CREATE INDEX search_fts ON search_chunks USING gin ({VECTOR})")
