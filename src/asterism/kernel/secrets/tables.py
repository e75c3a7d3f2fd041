"""The keys that this database was ever sealed with: ids and a check value each, never a key."""

import sqlalchemy as sa

from asterism.kernel.db import metadata
from asterism.kernel.secrets.registry import sealed_column

encryption_keys = sa.Table(
    "encryption_keys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sealed_column("proof"),  # a known text, sealed: tells a wrong key from the right one at start
    sa.Column("created_at", sa.Text, nullable=False),
)
