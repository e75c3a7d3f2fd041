"""Tables of the local review face: settings, providers, trust, sessions."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create them."""
