"""The index of a user's projects knows their whole order, so that no page of them is sorted (ADR 0210)."""

from alembic import op

revision = "0044"
down_revision = "0043"
serves_since = "0041"


def upgrade() -> None:
    """Replace the index."""
    op.create_index("ix_projects_owner_user_id_updated_at_id", "projects", ["owner_user_id", "updated_at", "id"])
    op.drop_index("ix_projects_owner_user_id_updated_at", "projects")
