"""Asking the services who somebody is, and for tokens (Starbot 8.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from asterism.base.clock import Clock
from asterism.features.talk.integrations import headers, replies
from asterism.features.talk.integrations.errors import (
    IntegrationNotConfigured,
    InvalidCredential,
    ReauthRequired,
)
from asterism.features.talk.integrations.models import LABELS, Account, Client, Credential, ProviderName, Services
from asterism.kernel.upstreams import BadPrivateKey, Call, Reply, UpstreamFailure, Upstreams, app_token, path_of

PAGE = 100
MAX_PAGES = 20
LARGEST_SKEW = 30  # seconds between our clock and theirs that a signed token is made again for
LOGIN = "/login/oauth/access_token"


class _Bot(msgspec.Struct):
    workspace_name: str | None = None


class _NotionUser(msgspec.Struct):
    id: str
    name: str | None = None
    bot: _Bot | None = None


class _GitHubUser(msgspec.Struct):
    id: int
    login: str


class _Owner(msgspec.Struct):
    id: int
    login: str


class _Installation(msgspec.Struct):
    id: int
    account: _Owner | None = None
    permissions: dict[str, str] = {}


class _Installations(msgspec.Struct):
    installations: list[_Installation]


class _Tokens(msgspec.Struct):
    access_token: str | None = None
    refresh_token: str | None = None
    error: str | None = None


class _InstallationToken(msgspec.Struct):
    token: Annotated[str, Meta(min_length=1)]
    expires_at: Annotated[datetime, Meta(tz=True)]


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Speaks with the services before, or beside, calls with a stored credential."""

    upstreams: Upstreams
    services: Services
    clock: Clock

    async def account(self, provider: ProviderName, token: str) -> Account:
        """Return whose token it is. Raises InvalidCredential when it is refused, UpstreamError, UpstreamRateLimited."""
        path = "/v1/users/me" if provider == "notion" else "/user"
        reply = await self._get(provider, path, token)
        if provider == "notion":
            bot = replies.decoded(provider, reply, _NotionUser)
            return _account("Notion", bot.id, (bot.bot.workspace_name if bot.bot else None) or bot.name)
        user = replies.decoded(provider, reply, _GitHubUser)
        scopes = [word.strip() for word in reply.headers.get("x-oauth-scopes", "").split(",")]
        return _account("GitHub", str(user.id), user.login, tuple(word for word in scopes if word))

    async def installation(self, token: str, installation_id: int) -> Account:
        """Return the account of an installation that a user's token lists. Raises InvalidCredential."""
        for page in range(1, MAX_PAGES + 1):
            query = {"per_page": str(PAGE), "page": str(page)}
            reply = await self._get("github", "/user/installations", token, query)
            found = replies.decoded("github", reply, _Installations).installations
            for one in found:
                if one.id == installation_id:
                    scopes = tuple(f"{name}:{access}" for name, access in sorted(one.permissions.items()))
                    owner = one.account
                    name = owner.login if owner else None
                    return _account("GitHub", str(owner.id if owner else one.id), name, scopes)
            if len(found) < PAGE:
                break
        raise InvalidCredential("This installation is not one of yours.")

    async def exchange(self, provider: ProviderName, code: str, redirect_uri: str | None) -> Credential:
        """Return the tokens for a code. Raises InvalidCredential, IntegrationNotConfigured, UpstreamError."""
        asked = {"grant_type": "authorization_code", "code": code}
        if provider == "notion":
            asked["redirect_uri"] = redirect_uri or ""
        found = await self._tokens(provider, asked)
        if found is None:
            raise InvalidCredential(f"{LABELS[provider]} does not accept the code.")
        return found

    async def refresh(self, provider: ProviderName, refresh_token: str) -> Credential | None:
        """Return new tokens, None when the old one is refused. Raises UpstreamError."""
        asked = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        found = await self._tokens(provider, asked)
        if found is None or found.refresh_token is not None:
            return found
        return Credential(found.token, refresh_token)

    async def installation_token(self, installation_id: int) -> tuple[str, datetime]:
        """Return a token of an installation and when it expires. Raises ReauthRequired, UpstreamError."""
        now = self.clock.now()
        reply = await self._as_app(installation_id, now)
        there = replies.server_time(reply, now)
        if reply.status == 401 and abs((there - now).total_seconds()) > LARGEST_SKEW:
            reply = await self._as_app(installation_id, there)
        if replies.refused("github", reply, now, 401, 403, 404):
            raise ReauthRequired(replies.seen("github", reply))
        if not reply.ok:
            raise replies.trouble("github", reply, now)
        found = replies.decoded("github", reply, _InstallationToken)
        return found.token, found.expires_at

    async def revoke(self, provider: ProviderName, credential: Credential) -> None:
        """Have a token forgotten over there. Raises UpstreamFailure; what comes back counts for nothing."""
        client = self.client(provider)
        with_client = headers.client_headers(self.services, provider, client)
        base = headers.base_url(self.services, provider)
        if provider == "notion":
            call = Call("POST", base, "/v1/oauth/revoke", with_client, json={"token": credential.token})
        else:
            path = path_of("applications", client.id, "token")
            call = Call("DELETE", base, path, with_client, json={"access_token": credential.token})
        await self.upstreams.send(call)

    def client(self, provider: ProviderName) -> Client:
        """Return who we are to a service. Raises IntegrationNotConfigured."""
        found = self.services.notion_client if provider == "notion" else self.services.github_client
        if found is None:
            name = provider.upper()
            raise IntegrationNotConfigured(provider, f"ASTERISM_{name}_CLIENT_ID and ASTERISM_{name}_CLIENT_SECRET")
        return found

    def require_app(self) -> None:
        """Raise IntegrationNotConfigured unless the server is a GitHub App."""
        if not self.services.github_app_key or not self.services.github_issuer:
            raise IntegrationNotConfigured("github", "ASTERISM_GITHUB_APP_ID and ASTERISM_GITHUB_APP_PRIVATE_KEY")

    async def _get(self, provider: ProviderName, path: str, token: str, query: dict[str, str] | None = None) -> Reply:
        base, sent = headers.base_url(self.services, provider), headers.headers(self.services, provider, token)
        reply = await self._send(provider, Call("GET", base, path, sent, query or {}, read=True))
        if replies.refused(provider, reply, self.clock.now(), 401, 403):
            raise InvalidCredential(f"{LABELS[provider]} does not accept the token.")
        if not reply.ok:
            raise replies.trouble(provider, reply, self.clock.now(), token)
        return reply

    async def _tokens(self, provider: ProviderName, asked: dict[str, str]) -> Credential | None:
        client = self.client(provider)
        if provider == "notion":
            sent = headers.client_headers(self.services, provider, client)
            call = Call("POST", self.services.notion_url, "/v1/oauth/token", sent, json=asked)
        else:
            asked = {**asked, "client_id": client.id, "client_secret": client.secret}
            call = Call("POST", self.services.github_login_url, LOGIN, headers.login_headers(self.services), json=asked)
        reply = await self._send(provider, call)
        if replies.refused(provider, reply, self.clock.now(), 400, 401, 403, 422):
            return None
        if not reply.ok:
            raise replies.trouble(provider, reply, self.clock.now(), client.secret)
        found = replies.decoded(provider, reply, _Tokens)
        return Credential(found.access_token, found.refresh_token) if found.access_token and not found.error else None

    async def _as_app(self, installation_id: int, now: datetime) -> Reply:
        self.require_app()
        try:
            token = app_token(self.services.github_app_key or "", self.services.github_issuer or "", now)
        except BadPrivateKey:
            raise IntegrationNotConfigured("github", "ASTERISM_GITHUB_APP_PRIVATE_KEY to a key in PEM") from None
        path = path_of("app", "installations", str(installation_id), "access_tokens")
        sent = headers.headers(self.services, "github", token)
        return await self._send("github", Call("POST", self.services.github_url, path, sent))

    async def _send(self, provider: ProviderName, call: Call) -> Reply:
        try:
            return await self.upstreams.send(call)
        except UpstreamFailure as problem:
            raise replies.failure(provider, problem) from None


def _account(label: str, ident: str, name: str | None, scopes: Sequence[str] = ()) -> Account:
    """Return whose account it is, in words that can be stored and shown; one without a name has that of the service."""
    return Account(replies.clean(ident), replies.clean(name or "") or label, tuple(map(replies.clean, scopes)))
