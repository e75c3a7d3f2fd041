"""Tables of the local review face: settings, providers, trust, sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create them."""
    _settings()
    _trust()
    _sessions()


def _settings() -> None:
    op.create_table(
        "local_settings",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("theme", sa.Text, nullable=False),
        sa.Column("default_lenses", sa.Text, nullable=False),
        sa.Column("default_profile", sa.Text),
        sa.Column("severity_threshold", sa.Text, nullable=False),
        sa.Column("secrets_storage", sa.Text),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_local_settings"),
    )
    op.create_table(
        "local_providers",
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("key_source", sa.Text),
        sa.Column("variable", sa.Text),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("provider", name="pk_local_providers"),
    )


def _trust() -> None:
    op.create_table(
        "local_projects",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("inode", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_local_projects"),
        sa.UniqueConstraint("root", name="uq_local_projects_root"),
    )
    op.create_index("ix_local_projects_device_inode", "local_projects", ["device", "inode"])
    op.create_table(
        "local_trust",
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("trusted_at", sa.Text, nullable=False),
        sa.Column("read_files", sa.Boolean, nullable=False),
        sa.Column("run_commands", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("project_id", name="pk_local_trust"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["local_projects.id"], name="fk_local_trust_project_id", ondelete="CASCADE"
        ),
    )


def _sessions() -> None:
    op.create_table(
        "local_sessions",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("project_path", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.Column("message_count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_local_sessions"),
        sa.UniqueConstraint("id", name="uq_local_sessions_id"),
    )
    op.create_index("ix_local_sessions_updated_at", "local_sessions", ["updated_at", "number"])
    op.create_table(
        "local_messages",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_local_messages"),
        sa.UniqueConstraint("id", name="uq_local_messages_id"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["local_sessions.id"], name="fk_local_messages_session_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_local_messages_session_id", "local_messages", ["session_id", "number"])
