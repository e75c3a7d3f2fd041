"""Table of the buckets that several servers fill together."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

# `id` names rate and key by a hash: whose addresses asked stands nowhere. `full_at` is in Unix seconds.
rate_buckets = sa.Table(
    "rate_buckets",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("full_at", sa.Double, nullable=False),
)
sa.Index("ix_rate_buckets_full_at", rate_buckets.c.full_at)
