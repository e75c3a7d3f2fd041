"""Whether a manifest is known to be one whose text can be changed without reading all of it."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Add the column; of manifests that are stored nothing is known, so they are looked at when it matters."""
    op.add_column("manifests", sa.Column("spliceable", sa.Boolean, nullable=False, server_default=sa.false()))
