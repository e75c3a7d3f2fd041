"""Tables of identity."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
