"""What is recorded about providers; keys themselves live elsewhere (`kernel.credentials`)."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

local_providers = sa.Table(
    "local_providers",
    metadata,
    sa.Column("provider", sa.Text, primary_key=True),
    sa.Column("model", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("key_source", sa.Text),  # stored, environment, or none
    sa.Column("variable", sa.Text),
    sa.Column("updated_at", sa.Text, nullable=False),
)
