"""What deployments wait for, why they failed, and which head was deployed by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("deployments", sa.Column("cause", sa.Text))
    op.add_column("deployments", sa.Column("begun_at", sa.Text))
    op.execute("UPDATE deployments SET begun_at = started_at")
    op.add_column("deployment_settings", sa.Column("auto_seen", sa.Text))
