"""Use cases of provider keys."""

from unicodedata import category

from asterism.base.errors import Conflict, Invalid
from asterism.base.ids import ulid
from asterism.features.accounts import audit
from asterism.features.accounts.apikeys import store
from asterism.features.accounts.apikeys.models import KEY_NAMES, ApiKey, mask
from asterism.kernel.db import Tx
from asterism.kernel.secrets import Place, Secrets, SecretUnreadable

LONGEST = 4096  # characters


def list_keys(tx: Tx, secrets: Secrets, user_id: str) -> list[ApiKey]:
    """Return the user's keys, masked, sorted by provider; one that cannot be decrypted is masked as a whole."""
    return [
        ApiKey(
            row["id"],
            row["user_id"],
            row["provider"],
            mask(_readable(secrets, row["id"], row["key_value"])),
            row["created_at"],
            row["updated_at"],
        )
        for row in store.rows(tx, user_id)
    ]


def set_key(
    tx: Tx, secrets: Secrets, user_id: str, *, provider: str, value: str, origin: audit.Origin = audit.NOWHERE
) -> None:
    """Save a key; an update keeps id and creation time. Raises Invalid for an unknown provider or a bad value."""
    _check_provider(provider, "provider")
    value = value.strip()
    if not 1 <= len(value) <= LONGEST or any(category(c) == "Cc" for c in value):
        raise Invalid.field("key_value", f"must have 1 to {LONGEST} characters and no control characters")
    now, row_id = tx.now(), ulid()
    new = {"id": row_id, "user_id": user_id, "provider": provider, "created_at": now, "updated_at": now}
    if not store.insert_unless_there(tx, {**new, "key_value": secrets.seal(_place(row_id), value)}):
        found = store.row(tx, user_id, provider)
        if found is None:
            raise Conflict("The key was changed by somebody else at the same moment.", hint="Try again.")
        row_id = found["id"]
        store.update_value(tx, row_id, secrets.seal(_place(row_id), value), now)
    audit.record(tx, user_id, "api_key_set", provider, origin=origin)


def delete_key(tx: Tx, user_id: str, provider: str, *, origin: audit.Origin = audit.NOWHERE) -> None:
    """Forget a key, also when there is none. Raises Invalid for an unknown provider."""
    _check_provider(provider, "provider")
    if store.delete(tx, user_id, provider):
        audit.record(tx, user_id, "api_key_deleted", provider, origin=origin)


def environment(tx: Tx, secrets: Secrets, user_id: str, *, origin: audit.Origin = audit.NOWHERE) -> dict[str, str]:
    """Return every key in clear as environment variables. Raises SecretUnreadable; each call is audited."""
    rows = store.rows(tx, user_id)
    values = {KEY_NAMES[row["provider"]]: secrets.open(_place(row["id"]), row["key_value"]) for row in rows}
    audit.record(tx, user_id, "api_keys_read", origin=origin, providers=[row["provider"] for row in rows])
    return values


def key_of(tx: Tx, secrets: Secrets, user_id: str, provider: str) -> str | None:
    """Return one key in clear for the server's own use, None when there is none. Raises SecretUnreadable."""
    row = store.row(tx, user_id, provider)
    return None if row is None else secrets.open(_place(row["id"]), row["key_value"])


def _readable(secrets: Secrets, row_id: str, sealed: str) -> str | None:
    try:
        return secrets.open(_place(row_id), sealed)
    except SecretUnreadable:
        return None


def _place(row_id: str) -> Place:
    return Place("api_keys", "key_value", row_id)


def _check_provider(provider: str, path: str) -> None:
    if provider not in KEY_NAMES:
        raise Invalid.field(path, f"must be one of {', '.join(KEY_NAMES)}")
