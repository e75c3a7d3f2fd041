"""Folder records count as what a user stores, since manifests are written from them instead of being kept whole."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Add the bytes of the records that are stored already; manifests that have an object keep it."""
    trees = sa.table("trees", sa.column("user_id"), sa.column("record"))
    usage = sa.table("user_storage", sa.column("user_id"), sa.column("manifest_bytes"))
    total = sa.select(sa.func.coalesce(sa.func.sum(sa.func.length(trees.c.record)), 0))
    mine = total.where(trees.c.user_id == usage.c.user_id).scalar_subquery()
    op.execute(sa.update(usage).values(manifest_bytes=usage.c.manifest_bytes + mine))
