"""The table of the audit log."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

audit_entries = sa.Table(
    "audit_entries",
    metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text),
    sa.Column("token_id", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
)
sa.Index("ix_audit_entries_user_id", audit_entries.c.user_id, audit_entries.c.seq)
sa.Index("ix_audit_entries_created_at", audit_entries.c.created_at)
