"""The table of facts. A row goes with its blob; `used` are the references, apart because few read them."""

import sqlalchemy as sa

from asterism.kernel.db import metadata

file_facts = sa.Table(
    "file_facts",
    metadata,
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("blob_hash", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("facts", sa.LargeBinary, nullable=False),
    sa.Column("used", sa.LargeBinary, nullable=False),
    sa.ForeignKeyConstraint(["user_id", "blob_hash"], ["blobs.user_id", "blobs.hash"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)
