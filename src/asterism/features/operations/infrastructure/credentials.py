"""Accounts at providers: checked with the provider before they are kept (Fastest 10.1)."""

import json
from unicodedata import category

from asterism.base import ids
from asterism.base.errors import Invalid
from asterism.features.accounts import audit
from asterism.features.accounts.identity import Caller
from asterism.features.operations.infrastructure import store
from asterism.features.operations.infrastructure.errors import InvalidCredentials, ProviderDown
from asterism.features.operations.infrastructure.models import Credential, NewCredential
from asterism.kernel.clouds import Cloud, Clouds, CloudUnreachable, TokenRefused
from asterism.kernel.db import Tx
from asterism.kernel.secrets import Place, Secrets

MAX_TOKEN = 4096  # characters
MAX_METADATA = 20  # members
MAX_METADATA_TEXT = 500  # characters of a name or a value


def list_credentials(tx: Tx, caller: Caller) -> list[Credential]:
    """Return the caller's credentials by provider, without tokens."""
    return store.credentials(tx, caller.user_id)


async def check_credential(clouds: Clouds, new: NewCredential) -> NewCredential:
    """Return a credential that its provider accepts, the token without blanks around.

    Raises Invalid, InvalidCredentials or ProviderDown. No transaction may be open: a provider takes up to 10 s.
    """
    token = new.api_token.strip()
    cloud = _cloud(new.provider)
    if not 1 <= len(token) <= MAX_TOKEN or not token.isascii() or any(category(c) == "Cc" for c in token):
        raise Invalid.field("api_token", f"must have 1 to {MAX_TOKEN} ASCII characters and no control characters")
    given = new.metadata or {}
    if len(given) > MAX_METADATA or any(len(text) > MAX_METADATA_TEXT for pair in given.items() for text in pair):
        raise Invalid.field("metadata", f"must have at most {MAX_METADATA} members of {MAX_METADATA_TEXT} characters")
    try:
        await clouds.check(cloud, token)
    except TokenRefused as error:
        raise InvalidCredentials(new.provider) from error
    except CloudUnreachable as error:
        raise ProviderDown(new.provider) from error
    return NewCredential(new.provider, token, new.metadata)


def save_credential(
    tx: Tx, secrets: Secrets, caller: Caller, checked: NewCredential, *, origin: audit.Origin = audit.NOWHERE
) -> tuple[str, bool]:
    """Keep a credential that was checked; return its id, and whether it is new."""
    tx.take_turns("provider credentials", caller.user_id)
    known = store.credential(tx, caller.user_id, checked.provider)
    row_id, now = known[0].id if known else ids.ulid(), tx.now()
    store.put_credential(
        tx,
        {
            "id": row_id,
            "user_id": caller.user_id,
            "provider": checked.provider,
            "api_token": secrets.seal(_place(row_id), checked.api_token),
            "metadata": None if checked.metadata is None else json.dumps(dict(checked.metadata), ensure_ascii=False),
            "created_at": now,
            "updated_at": now,
        },
    )
    audit.record(tx, caller.user_id, "provider_credential_set", checked.provider, origin=origin)
    return row_id, known is None


def delete_credential(tx: Tx, caller: Caller, provider: str, *, origin: audit.Origin = audit.NOWHERE) -> None:
    """Forget a credential, also when there is none. Raises Invalid for an unknown provider."""
    _cloud(provider)
    if store.delete_credential(tx, caller.user_id, provider):
        audit.record(tx, caller.user_id, "provider_credential_deleted", provider, origin=origin)


def token_of(tx: Tx, secrets: Secrets, user_id: str, cloud: Cloud) -> tuple[str, dict[str, str]] | None:
    """Return token and metadata of a user's account, for the server's own use. Raises SecretUnreadable."""
    found = store.credential(tx, user_id, cloud)
    if found is None:
        return None
    kept, sealed = found
    return secrets.open(_place(kept.id), sealed), json.loads(kept.metadata or "{}")


def _cloud(provider: str) -> Cloud:
    try:
        return Cloud(provider)
    except ValueError as error:
        names = ", ".join(Cloud)
        raise Invalid.field("provider", f"must be one of {names}; local needs no account") from error


def _place(row_id: str) -> Place:
    return Place("provider_credentials", "api_token", row_id)
