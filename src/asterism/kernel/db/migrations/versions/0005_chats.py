"""Tables of chats."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create them."""
