"""Messages are counted, and what is active is found, in indexes: a long talk costs what a short one does."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
serves_since = "0041"

ACTIVE = sa.text("status IN ('pending', 'running') OR collecting")


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("ix_messages_counted", "messages", ["chat_id", "role", "status", "run_id", "created_at"])
    counted = ["conversation_id", "hidden_by", "status", "role"]
    op.create_index("ix_conversation_messages_counted", "conversation_messages", counted)
    op.create_index(
        "ix_conversation_messages_conversation_id_active",
        "conversation_messages",
        ["conversation_id", "position"],
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
