"""Tables of the host: the runs in progress, and the processes that perform them."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

hosted_runs = sa.Table(
    "hosted_runs",
    metadata,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("cancel_reason", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
)
sa.Index("ix_hosted_runs_owner", hosted_runs.c.owner)

run_owners = sa.Table(
    "run_owners",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("beat_at", sa.Text, nullable=False),
)
