"""Tables of stored content. The bytes are in the object store; these say what is there and what belongs together."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

user_storage = sa.Table(
    "user_storage",
    metadata,
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("blob_count", sa.BigInteger, nullable=False),
    sa.Column("blob_bytes", sa.BigInteger, nullable=False),
    sa.Column("manifest_count", sa.BigInteger, nullable=False),
    sa.Column("manifest_bytes", sa.BigInteger, nullable=False),
)

blobs = sa.Table(
    "blobs",
    metadata,
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("pack_id", sa.Text, nullable=False),
    sa.Column("start", sa.BigInteger, nullable=False),
    sa.Column("touched_at", sa.Text, nullable=False),
    sa.Column("lost", sa.Boolean, nullable=False, server_default=sa.false()),  # found unreadable; an upload repairs it
    sqlite_with_rowid=False,
)
sa.Index("ix_blobs_pack_id", blobs.c.pack_id)

packs = sa.Table(
    "packs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("live_bytes", sa.BigInteger, nullable=False),
)
sa.Index("ix_packs_user_id", packs.c.user_id)

dead_objects = sa.Table(
    "dead_objects",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
)
sa.Index("ix_dead_objects_user_id", dead_objects.c.user_id)

manifests = sa.Table(
    "manifests",
    metadata,
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("object_id", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("root", sa.Text, nullable=False),
    sa.Column("entries", sa.BigInteger, nullable=False),
    sa.Column("files", sa.BigInteger, nullable=False),
    sa.Column("total_bytes", sa.BigInteger, nullable=False),
    sa.Column("regular", sa.Boolean, nullable=False),
    sa.Column("spliceable", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("touched_at", sa.Text, nullable=False),
)
sa.Index("ix_manifests_user_id_touched_at", manifests.c.user_id, manifests.c.touched_at)

trees = sa.Table(
    "trees",
    metadata,
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("record", sa.LargeBinary, nullable=False),
)

missing_blobs = sa.Table(
    "missing_blobs",
    metadata,
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("manifest_hash", sa.Text, primary_key=True),
    sa.Column("hash", sa.Text, primary_key=True),
    sqlite_with_rowid=False,
)
sa.Index("ix_missing_blobs_user_id_hash", missing_blobs.c.user_id, missing_blobs.c.hash)

collection_leases = sa.Table(
    "collection_leases",
    metadata,
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
)
