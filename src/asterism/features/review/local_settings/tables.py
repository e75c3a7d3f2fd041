"""The one row of settings."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

local_settings = sa.Table(
    "local_settings",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # always "owner": one installation has one owner
    sa.Column("theme", sa.Text, nullable=False),
    sa.Column("default_lenses", sa.Text, nullable=False),  # comma-separated
    sa.Column("default_profile", sa.Text),
    sa.Column("severity_threshold", sa.Text, nullable=False),
    sa.Column("secrets_storage", sa.Text),
    sa.Column("updated_at", sa.Text, nullable=False),
)
