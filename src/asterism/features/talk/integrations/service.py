"""Use cases of integrations: list, connect, disconnect (Starbot 8.1)."""

import hashlib
import re
import secrets as random
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec

from asterism.base.clock import shift
from asterism.base.errors import DomainError, Invalid
from asterism.features.accounts import audit
from asterism.features.accounts.identity import Caller
from asterism.features.talk.integrations import store
from asterism.features.talk.integrations.access import Access, row_id
from asterism.features.talk.integrations.errors import InvalidCredential, InvalidState, UnknownIntegration
from asterism.features.talk.integrations.models import (
    PROVIDERS,
    STATE_SECONDS,
    Account,
    AuthType,
    Connection,
    Credential,
    Integration,
    ProviderName,
)
from asterism.features.talk.tools import IntegrationNotConnected
from asterism.kernel.db import Database, Tx
from asterism.kernel.secrets import SecretUnreadable
from asterism.kernel.upstreams import UpstreamFailure

LONGEST_CODE = 4096
LONGEST_TOKEN = 4096
_TOKEN = re.compile(r"[!-~](?:[ -~]*[!-~])?")


@dataclass(frozen=True, slots=True)
class Started:
    """Where a person goes to allow the connection."""

    authorization_url: str
    state: str


def list_integrations(tx: Tx, user_id: str) -> list[Integration]:
    """Return both integrations, Notion first, connected or not."""
    found = store.of_user(tx, user_id)
    return [found.get(provider, Integration(provider)) for provider in PROVIDERS]


def is_healthy(tx: Tx, user_id: str, provider: ProviderName) -> bool:
    """Whether an integration is connected and its credential is good as far as we know."""
    found = store.of_user(tx, user_id).get(provider)
    return found is not None and found.status == "ok"


def require_connected(tx: Tx, user_id: str, provider: ProviderName) -> None:
    """Raise IntegrationNotConnected unless it is."""
    if provider not in store.of_user(tx, user_id):
        raise IntegrationNotConnected({"notion": "Notion", "github": "GitHub"}[provider])


def purge(tx: Tx) -> int:
    """Remove states that nobody can use any more; return how many."""
    return store.purge_states(tx, tx.now())


class Connector:
    """Connects and disconnects; `origin` says where a request came from, for the audit log."""

    def __init__(self, db: Database, access: Access) -> None:
        self._db, self._access, self._signing_in = db, access, access.signing_in

    async def by_token(self, caller: Caller, provider: ProviderName, token: str, origin: audit.Origin) -> Integration:
        """Connect with a token, verified first.

        Raises Invalid for what no header can carry, InvalidCredential, and the errors of a service that is down.
        """
        if not _TOKEN.fullmatch(token):
            raise Invalid.field("token", "must be printable ASCII characters, without blanks before or after them")
        account = await self._signing_in.account(provider, token)
        return await self._keep(caller, provider, "token", account, Credential(token), origin)

    async def start(self, caller: Caller, provider: ProviderName, redirect_uri: str | None) -> Started:
        """Begin a sign-in at the service; its state is good once, for ten minutes. Raises IntegrationNotConfigured."""
        client = self._signing_in.client(provider)
        state = random.token_urlsafe(32)
        await self._db.run(_add_state, caller, provider, state, redirect_uri)
        services = self._access.services
        if provider == "notion":
            asked = {"client_id": client.id, "redirect_uri": redirect_uri or "", "response_type": "code"}
            asked |= {"owner": "user", "state": state}
            return Started(f"{services.notion_url.rstrip('/')}/v1/oauth/authorize?{urlencode(asked)}", state)
        asked = {"client_id": client.id, "state": state}
        return Started(f"{services.github_login_url.rstrip('/')}/login/oauth/authorize?{urlencode(asked)}", state)

    async def finish(
        self,
        caller: Caller,
        provider: ProviderName,
        code: str,
        state: str,
        redirect_uri: str | None,
        origin: audit.Origin,
    ) -> Integration:
        """Connect with the code that a sign-in ended with.

        Raises IntegrationNotConfigured, InvalidState, InvalidCredential, and the errors of a service that is down.
        """
        credential = await self._exchanged(caller, provider, code, state, redirect_uri)
        account = await self._signing_in.account(provider, credential.token)
        return await self._keep(caller, provider, "oauth", account, credential, origin)

    async def by_installation(
        self, caller: Caller, installation_id: int, code: str | None, state: str | None, origin: audit.Origin
    ) -> Integration:
        """Connect as an app, once a token of the same user lists the installation (Starbot 8.1).

        Raises IntegrationNotConfigured, InvalidState, InvalidCredential, and the errors of a service that is down.
        """
        self._signing_in.require_app()
        if code is not None and state is not None:
            proof = await self._exchanged(caller, "github", code, state, None)
        else:
            proof = (await self._stored(caller, "github")).credential
        account = await self._signing_in.installation(proof.token, installation_id)
        credential = Credential(proof.token, proof.refresh_token, installation_id)
        return await self._keep(caller, "github", "app", account, credential, origin)

    async def disconnect(self, caller: Caller, name: str, origin: audit.Origin) -> None:
        """Forget a credential, and have the service forget it if it can. Raises UnknownIntegration."""
        provider = provider_of(name)
        found: Connection | None = None
        with suppress(IntegrationNotConnected, SecretUnreadable):
            found = await self._db.run_read(self._access.connection, caller.user_id, provider)
        await self._db.run(_forget, caller, provider, origin)
        self._access.limits.forget(caller.user_id, provider)
        if found is not None and found.auth_type == "oauth":
            with suppress(DomainError, UpstreamFailure):
                await self._signing_in.revoke(provider, found.credential)

    async def _stored(self, caller: Caller, provider: ProviderName) -> Connection:
        try:
            return await self._db.run_read(self._access.connection, caller.user_id, provider)
        except IntegrationNotConnected:
            raise InvalidCredential("An installation alone proves nothing; sign in to GitHub first.") from None

    async def _exchanged(
        self, caller: Caller, provider: ProviderName, code: str, state: str, redirect_uri: str | None
    ) -> Credential:
        self._signing_in.client(provider)
        if not 1 <= len(code) <= LONGEST_CODE:
            raise Invalid.field("code", f"must have 1 to {LONGEST_CODE} characters")
        await self._db.run(_take_state, caller, provider, state, redirect_uri)
        return await self._signing_in.exchange(provider, code, redirect_uri)

    async def _keep(
        self,
        caller: Caller,
        provider: ProviderName,
        auth_type: AuthType,
        account: Account,
        credential: Credential,
        origin: audit.Origin,
    ) -> Integration:
        def write(tx: Tx) -> Integration:
            made = Integration(provider, "ok", auth_type, account, tx.now())
            ident = row_id(caller.user_id, provider)
            store.put(
                tx,
                {
                    "id": ident,
                    "user_id": caller.user_id,
                    "provider": provider,
                    "auth_type": auth_type,
                    "status": "ok",
                    "account_id": account.id,
                    "account_name": account.name,
                    "scopes": msgspec.json.encode(account.scopes).decode(),
                    "credential": self._access.seal(ident, credential),
                    "refreshing_until": None,
                    "connected_at": made.connected_at,
                },
            )
            audit.record(tx, caller.user_id, "integration_connected", provider, origin=origin, auth_type=auth_type)
            return made

        kept = await self._db.run(write)
        self._access.limits.forget(caller.user_id, provider)
        return kept


def forget_all(tx: Tx, caller: Caller) -> None:
    """Forget every service that a user connected. The services are not asked: their tokens run out there."""
    for provider in PROVIDERS:
        _forget(tx, caller, provider, audit.NOWHERE)


def provider_of(name: str) -> ProviderName:
    """Return the service of that name. Raises UnknownIntegration."""
    found = next((provider for provider in PROVIDERS if provider == name), None)
    if found is None:
        raise UnknownIntegration
    return found


def _forget(tx: Tx, caller: Caller, provider: ProviderName, origin: audit.Origin) -> None:
    if store.delete(tx, caller.user_id, provider):
        audit.record(tx, caller.user_id, "integration_disconnected", provider, origin=origin)


def _add_state(tx: Tx, caller: Caller, provider: ProviderName, state: str, redirect_uri: str | None) -> None:
    expires_at = shift(tx.now(), seconds=STATE_SECONDS)
    store.add_state(
        tx,
        {
            "state_hash": _hash(state),
            "user_id": caller.user_id,
            "provider": provider,
            "redirect_uri": redirect_uri,
            "expires_at": expires_at,
        },
    )


def _take_state(tx: Tx, caller: Caller, provider: ProviderName, state: str, redirect_uri: str | None) -> None:
    """Use a state up. Raises InvalidState, and Invalid for another redirect address than the sign-in began with."""
    name = _hash(state)
    found = store.find_state(tx, name)
    if found is None or (found["user_id"], found["provider"]) != (caller.user_id, provider):
        raise InvalidState
    if found["expires_at"] <= tx.now():
        raise InvalidState
    if found["redirect_uri"] != redirect_uri:
        raise Invalid.field("redirect_uri", "must be the one that the sign-in began with")
    if not store.take_state(tx, name):
        raise InvalidState


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).hexdigest()
