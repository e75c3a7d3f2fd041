"""Tables of identity."""

import sqlalchemy as sa

from asterism.kernel.db import metadata, partial_index

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("picture", sa.Text),
    sa.Column("is_admin", sa.Boolean, nullable=False),
    sa.Column("is_owner", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("removed_at", sa.Text),
)
sa.Index("ix_users_email", users.c.email)
partial_index("uq_users_one_owner", users.c.is_owner, unique=True, where=users.c.is_owner.is_(True))

# Who a user is at an OpenID provider: issuer and subject name the person for good, addresses do not.
external_identities = sa.Table(
    "external_identities",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.UniqueConstraint("issuer", "subject"),
)
sa.Index("ix_external_identities_user_id", external_identities.c.user_id)

# One signed-in client: the family of tokens that is revoked as a whole.
devices = sa.Table(
    "devices",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("client_name", sa.Text),
    sa.Column("client_version", sa.Text),
    sa.Column("platform", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("last_seen_at", sa.Text, nullable=False),
    sa.Column("revoked_at", sa.Text),
)
sa.Index("ix_devices_user_id", devices.c.user_id)

access_tokens = sa.Table(
    "access_tokens",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("device_id", sa.Text, sa.ForeignKey("devices.id", ondelete="CASCADE")),
    sa.Column("parent_id", sa.Text),  # the refresh token it was exchanged for, or the token that asked for a ticket
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
    sa.Column("hint", sa.Text, nullable=False),
    sa.Column("scope", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("last_used_at", sa.Text),
    sa.Column("expires_at", sa.Text, nullable=False),
    sa.Column("exchanged_at", sa.Text),
    sa.Column("revoked_at", sa.Text),
)
sa.Index("ix_access_tokens_user_id", access_tokens.c.user_id)
sa.Index("ix_access_tokens_device_id", access_tokens.c.device_id)
sa.Index("ix_access_tokens_parent_id", access_tokens.c.parent_id)
sa.Index("ix_access_tokens_expires_at", access_tokens.c.expires_at)
