"""Tables of integrations and of the states of sign-ins at other services."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "integrations",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("auth_type", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("account_name", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("credential", sa.Text, nullable=False),
        sa.Column("refreshing_until", sa.Text),
        sa.Column("connected_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_integrations"),
        sa.UniqueConstraint("user_id", "provider", name="uq_integrations_user_id_provider"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_integrations_user_id", ondelete="CASCADE"),
    )
    op.create_table(
        "integration_states",
        sa.Column("state_hash", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("redirect_uri", sa.Text),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name="pk_integration_states"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_integration_states_user_id", ondelete="CASCADE"),
    )
    op.create_index("ix_integration_states_user_id", "integration_states", ["user_id"])
    op.create_index("ix_integration_states_expires_at", "integration_states", ["expires_at"])
