"""The token that registered a snapshot: its client is known by the authors it uses."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add the column; of older snapshots it is not known."""
    op.add_column("snapshots", sa.Column("token_id", sa.Text))
    op.create_index("ix_snapshots_token_id_seq", "snapshots", ["token_id", "seq"])
