"""The table of device grants."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

device_grants = sa.Table(
    "device_grants",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("device_code_hash", sa.Text, nullable=False, unique=True),
    sa.Column("user_code_hash", sa.Text, nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("client_name", sa.Text),
    sa.Column("client_version", sa.Text),
    sa.Column("hostname", sa.Text),
    sa.Column("os", sa.Text),
    sa.Column("arch", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE")),
    sa.Column("decided_at", sa.Text),
    sa.Column("polls_left", sa.Float, nullable=False),
    sa.Column("polled_at", sa.Text),
)
sa.Index("ix_device_grants_expires_at", device_grants.c.expires_at)
sa.Index("ix_device_grants_user_id", device_grants.c.user_id)
