"""Tables of chats, runs and their usage."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ACTIVE = sa.text("status IN ('queued', 'running', 'cancelling')")


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "chats",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("workspace_id", sa.Text),
        sa.Column("owner_user_id", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("title_source", sa.Text, nullable=False),
        sa.Column("next_position", sa.Integer, nullable=False),
        sa.Column("active_leaf_id", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("active_at", sa.Text, nullable=False),
        sa.Column("last_message_at", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_chats"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_chats_project_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_chats_workspace_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["owner_user_id"], ["users.id"], name="fk_chats_owner_user_id", ondelete="CASCADE"),
    )
    op.create_index("ix_chats_project_id_active_at", "chats", ["project_id", "active_at"])
    op.create_index("ix_chats_workspace_id", "chats", ["workspace_id"])
    op.create_index("ix_chats_owner_user_id", "chats", ["owner_user_id"])
    op.create_table(
        "messages",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("chat_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text),
        sa.Column("model", sa.Text),
        sa.Column("input_tokens", sa.BigInteger),
        sa.Column("output_tokens", sa.BigInteger),
        sa.Column("cost_micros", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_messages_chat_id", ondelete="CASCADE"),
        sa.UniqueConstraint("chat_id", "position", name="uq_messages_chat_id_position"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("chat_id", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("include_project_memory", sa.Boolean, nullable=False),
        sa.Column("workspace_scope", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("stop_reason", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("usage", sa.Text, nullable=False),
        sa.Column("cost_micros", sa.BigInteger),
        sa.Column("tree", sa.Text),
        sa.Column("budget", sa.Text, nullable=False),
        sa.Column("window", sa.Text, nullable=False),
        sa.Column("context", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("heartbeat_at", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("started_at", sa.Text),
        sa.Column("finished_at", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_runs_chat_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_runs_project_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_runs_user_id", ondelete="CASCADE"),
    )
    op.create_index("ix_runs_chat_id_created_at", "runs", ["chat_id", "created_at"])
    op.create_index("ix_runs_project_id", "runs", ["project_id"])
    op.create_index("ix_runs_user_id_status", "runs", ["user_id", "status"])
    op.create_index("ix_runs_status", "runs", ["status"])
    op.create_index(
        "uq_runs_active_chat", "runs", ["chat_id"], unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE
    )
    op.create_table(
        "run_usage",
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("chat_id", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("ended_at", sa.Text, nullable=False),
        sa.Column("input_tokens", sa.BigInteger, nullable=False),
        sa.Column("output_tokens", sa.BigInteger, nullable=False),
        sa.Column("cached_input_tokens", sa.BigInteger, nullable=False),
        sa.Column("reasoning_tokens", sa.BigInteger, nullable=False),
        sa.Column("cost_micros", sa.BigInteger),
        sa.PrimaryKeyConstraint("run_id", name="pk_run_usage"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_run_usage_user_id", ondelete="CASCADE"),
    )
    op.create_index("ix_run_usage_user_id_day", "run_usage", ["user_id", "day"])
    op.create_index("ix_run_usage_chat_id", "run_usage", ["chat_id"])
