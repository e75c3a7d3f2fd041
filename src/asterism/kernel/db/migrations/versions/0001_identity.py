"""Tables of secrets, identity, device sign-in, the audit log and provider keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "encryption_keys",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("proof", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_encryption_keys"),
    )
    _users()
    _tokens()
    _device_grants()
    _audit()
    _api_keys()


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("picture", sa.Text),
        sa.Column("is_admin", sa.Boolean, nullable=False),
        sa.Column("is_owner", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
    op.create_index("ix_users_email", "users", ["email"])
    op.create_index(
        "uq_users_one_owner",
        "users",
        ["is_owner"],
        unique=True,
        sqlite_where=sa.text("is_owner IS 1"),
        postgresql_where=sa.text("is_owner IS true"),
    )
    op.create_table(
        "external_identities",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_external_identities"),
        sa.UniqueConstraint("issuer", "subject", name="uq_external_identities_issuer_subject"),
        _user_key("external_identities"),
    )
    op.create_index("ix_external_identities_user_id", "external_identities", ["user_id"])


def _tokens() -> None:
    op.create_table(
        "devices",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("client_name", sa.Text),
        sa.Column("client_version", sa.Text),
        sa.Column("platform", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("last_seen_at", sa.Text, nullable=False),
        sa.Column("revoked_at", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
        _user_key("devices"),
    )
    op.create_index("ix_devices_user_id", "devices", ["user_id"])
    op.create_table(
        "access_tokens",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("device_id", sa.Text),
        sa.Column("parent_id", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("scope", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("last_used_at", sa.Text),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.Column("exchanged_at", sa.Text),
        sa.Column("revoked_at", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_access_tokens"),
        sa.UniqueConstraint("hash", name="uq_access_tokens_hash"),
        _user_key("access_tokens"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_access_tokens_device_id", ondelete="CASCADE"),
    )
    for column in ("user_id", "device_id", "parent_id", "expires_at"):
        op.create_index(f"ix_access_tokens_{column}", "access_tokens", [column])


def _device_grants() -> None:
    op.create_table(
        "device_grants",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("device_code_hash", sa.Text, nullable=False),
        sa.Column("user_code_hash", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("client_name", sa.Text),
        sa.Column("client_version", sa.Text),
        sa.Column("hostname", sa.Text),
        sa.Column("os", sa.Text),
        sa.Column("arch", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text),
        sa.Column("decided_at", sa.Text),
        sa.Column("polls_left", sa.Float, nullable=False),
        sa.Column("polled_at", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_device_grants"),
        sa.UniqueConstraint("device_code_hash", name="uq_device_grants_device_code_hash"),
        sa.UniqueConstraint("user_code_hash", name="uq_device_grants_user_code_hash"),
        _user_key("device_grants"),
    )
    op.create_index("ix_device_grants_expires_at", "device_grants", ["expires_at"])
    op.create_index("ix_device_grants_user_id", "device_grants", ["user_id"])


def _audit() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("token_id", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_entries"),
        _user_key("audit_entries"),
    )
    op.create_index("ix_audit_entries_user_id", "audit_entries", ["user_id", "seq"])
    op.create_index("ix_audit_entries_created_at", "audit_entries", ["created_at"])


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("key_value", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("user_id", "provider", name="uq_api_keys_user_id_provider"),
        _user_key("api_keys"),
    )


def _user_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=f"fk_{table}_user_id", ondelete="CASCADE")
