"""Whose account destroys what a purged project left at a provider (ADR 0195)."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
serves_since = "0041"


def upgrade() -> None:
    """Add the column; what was noted before is this machine's."""
    op.add_column("discarded_resources", sa.Column("user_id", sa.Text))
