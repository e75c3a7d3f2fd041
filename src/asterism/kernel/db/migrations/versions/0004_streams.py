"""Tables of streams."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "streams",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("closed_at", sa.Text),
        sa.Column("expired", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_streams"),
    )
    op.create_index("ix_streams_closed_at", "streams", ["closed_at", "expired"])
    op.create_table(
        "stream_events",
        sa.Column("stream_id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("stream_id", "seq", name="pk_stream_events"),
        sa.ForeignKeyConstraint(["stream_id"], ["streams.id"], name="fk_stream_events_stream_id", ondelete="CASCADE"),
    )
