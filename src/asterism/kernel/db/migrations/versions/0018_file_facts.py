"""Facts of files."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "file_facts",
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("blob_hash", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("facts", sa.LargeBinary, nullable=False),
        sa.Column("used", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "blob_hash", "language", name="pk_file_facts"),
        sa.ForeignKeyConstraint(
            ["user_id", "blob_hash"],
            ["blobs.user_id", "blobs.hash"],
            name=op.f("fk_file_facts_user_id"),
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
    )
