"""Tables of secrets and identity."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "encryption_keys",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("proof", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_encryption_keys"),
    )
