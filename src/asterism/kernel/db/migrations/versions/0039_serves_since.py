"""Which older versions still work with the schema, kept beside its revision (ADR 0192)."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
serves_since = "0038"


def upgrade() -> None:
    """Add the column; `migrate.upgrade` fills it whenever it has run something."""
    op.add_column("alembic_version", sa.Column("serves_since", sa.String(32)))
