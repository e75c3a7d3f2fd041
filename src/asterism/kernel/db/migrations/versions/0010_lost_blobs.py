"""Which blobs were found to be lost or damaged in the object store."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the mark."""
    op.add_column("blobs", sa.Column("lost", sa.Boolean, nullable=False, server_default=sa.false()))
