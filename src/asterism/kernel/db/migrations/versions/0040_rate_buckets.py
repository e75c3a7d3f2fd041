"""What several servers have let through together (ADR 0187)."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
serves_since = "0038"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "rate_buckets",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("full_at", sa.Double, nullable=False),
    )
    op.create_index("ix_rate_buckets_full_at", "rate_buckets", ["full_at"])
