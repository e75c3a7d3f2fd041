"""Tables of integrations: one row a user and service, and the states of sign-ins under way."""

import sqlalchemy as sa

from asterism.kernel.db import metadata
from asterism.kernel.secrets import sealed_column

integrations = sa.Table(
    "integrations",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("auth_type", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sealed_column("credential"),
    sa.Column("refreshing_until", sa.Text),
    sa.Column("connected_at", sa.Text, nullable=False),
    sa.UniqueConstraint("user_id", "provider"),
)

integration_states = sa.Table(
    "integration_states",
    metadata,
    sa.Column("state_hash", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("redirect_uri", sa.Text),
    sa.Column("expires_at", sa.Text, nullable=False),
)
sa.Index("ix_integration_states_user_id", integration_states.c.user_id)
sa.Index("ix_integration_states_expires_at", integration_states.c.expires_at)
