"""Tables of reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "reviews",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("project_path", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("branch", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("ended_at", sa.Text),
        sa.Column("record", sa.Text),
        sa.Column("snapshot", sa.Text),
    )
    op.create_index("ix_reviews_created", "reviews", ["created_at", "id"])
    op.create_index("ix_reviews_project", "reviews", ["project_path", "created_at"])
    op.create_index("ix_reviews_state", "reviews", ["state", "ended_at"])
    op.create_table(
        "review_drilldowns",
        sa.Column("review_id", sa.Text, sa.ForeignKey("reviews.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("issue_id", sa.Text, primary_key=True),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_table(
        "review_dismissals",
        sa.Column("project_path", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.Text, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
    )
