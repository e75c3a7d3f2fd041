"""Tables of the streams."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

streams = sa.Table(
    "streams",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("closed_at", sa.Text),
    sa.Column("expired", sa.Boolean, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("floor", sa.BigInteger, nullable=False, server_default="0"),
)

sa.Index("ix_streams_closed_at", streams.c.closed_at, streams.c.expired)

stream_events = sa.Table(
    "stream_events",
    metadata,
    sa.Column("stream_id", sa.Text, sa.ForeignKey("streams.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
)
