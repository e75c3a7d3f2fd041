"""`/v1/auth`: signing in and out, and who is signed in."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

import msgspec
from msgspec import Meta

from asterism.asgi.limits import REFRESH, SIGN_IN
from asterism.base.errors import Invalid
from asterism.faces.shapes import copied
from asterism.faces.v1.auth.signing_in import (
    PROVIDER_NAMES,
    PairObject,
    TokenObject,
    pair_object,
    start_web_session,
    token_object,
    verified,
)
from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.wire import Done
from asterism.features.accounts import audit, identity
from asterism.features.accounts.identity import Refused
from asterism.kernel.oidc import IdTokenRefused, KeysUnavailable

NO_GOOGLE = (identity.ProviderNotConfigured, "GOOGLE_NOT_CONFIGURED")
NO_OIDC = (identity.ProviderNotConfigured, "OIDC_NOT_CONFIGURED")
SIGN_IN_ERRORS = (identity.SignUpNotAllowed, IdTokenRefused, KeysUnavailable)


class Link(msgspec.Struct):
    """A one-time sign-in code."""

    code: str


class Credential(msgspec.Struct):
    """An ID token of a sign-in provider, and the nonce that was sent to it if one was."""

    credential: str
    nonce: str | None = None


class Refresh(msgspec.Struct):
    """A refresh token."""

    refresh_token: str


class Logout(msgspec.Struct):
    """What to sign out: this device, the device of a refresh token, or everything."""

    all: bool | None = None
    refresh_token: str | None = None


class SignInProvider(msgspec.Struct):
    """A sign-in provider, and our client ids there."""

    name: str
    title: str
    issuer: str
    client_ids: list[str]
    authorization_endpoint: str | None


class SignInProviders(msgspec.Struct):
    """The sign-in providers of this server."""

    providers: list[SignInProvider]


class User(msgspec.Struct):
    """A person."""

    id: str
    email: str
    name: str | None
    picture: str | None


class Me(msgspec.Struct):
    """The signed-in user."""

    user: User


class AuditEntry(msgspec.Struct):
    """Something that was done with an account."""

    id: str
    action: str
    subject: str | None
    token_id: str | None
    address: str | None
    details: Mapping[str, Any]
    created_at: str

    @classmethod
    def of(cls, one: audit.Entry) -> Self:
        """Write an entry."""
        return copied(cls, one)


class AuditPage(msgspec.Struct):
    """A page of the audit log; `next_cursor` is null on the last one."""

    entries: list[AuditEntry]
    next_cursor: str | None


class AuditAsked(msgspec.Struct):
    """Which page of the audit log to read."""

    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: str | None = None


@post("/v1/auth/link", auth=False, rate=SIGN_IN, errors=(identity.InvalidLink,))
def link(call: Call, body: Link) -> TokenObject:
    """POST /v1/auth/link: exchange a one-time sign-in code for a token."""
    lifetimes = call.rt.sign_in.lifetimes
    return token_object(identity.redeem_link(call.tx, body.code, lifetimes=lifetimes, origin=call.origin))


@post("/v1/auth/google", auth=False, rate=SIGN_IN, errors=(*SIGN_IN_ERRORS, NO_GOOGLE))
async def google(call: Call, body: Credential) -> TokenObject:
    """POST /v1/auth/google: exchange an ID token of Google for a token of ours."""
    who = await verified(call, "google", body.credential, body.nonce)
    return token_object(await call.rt.db.run(start_web_session, call, "google", who))


@post("/v1/auth/oidc", auth=False, rate=SIGN_IN, errors=(*SIGN_IN_ERRORS, NO_OIDC))
async def oidc(call: Call, body: Credential) -> TokenObject:
    """POST /v1/auth/oidc: exchange an ID token of the configured OpenID provider for a token of ours."""
    who = await verified(call, "oidc", body.credential, body.nonce)
    return token_object(await call.rt.db.run(start_web_session, call, "oidc", who))


@get("/v1/auth/providers", auth=False)
async def providers(call: Call) -> SignInProviders:
    """GET /v1/auth/providers: the sign-in providers of this server and our client ids there."""
    sign_in = call.rt.sign_in
    found = [
        SignInProvider(
            name,
            PROVIDER_NAMES[name],
            one.issuers[0],
            list(one.audiences),
            await sign_in.id_tokens.authorization_url(one),
        )
        for name, (one, _) in sign_in.providers.items()
    ]
    return SignInProviders(found)


@get("/v1/auth/me", tx="quick")
def me(call: Call) -> Me:
    """GET /v1/auth/me: the signed-in user."""
    user = identity.current_user(call.tx, call.caller)
    return Me(User(user.id, user.email, user.name, user.picture))


@post("/v1/auth/refresh", auth=False, rate=REFRESH, errors=(identity.RefreshTokenReused, identity.InvalidRefreshToken))
async def refresh(call: Call, body: Refresh) -> PairObject:
    """POST /v1/auth/refresh: exchange a refresh token for its successors."""
    text = body.refresh_token.strip()
    if not text:
        raise Invalid.field("refresh_token", "must not be blank")
    origin, lifetimes = call.origin, call.rt.sign_in.lifetimes
    found = await call.rt.db.run(identity.refresh, text, lifetimes, origin=origin)
    if found is Refused.REUSED:
        raise identity.RefreshTokenReused
    if isinstance(found, Refused):
        raise identity.InvalidRefreshToken
    return pair_object(found)


@post("/v1/auth/logout", auth="optional", errors=(identity.NotSignedIn,))
def logout(call: Call, body: Logout) -> Done:
    """POST /v1/auth/logout: sign out this device, the one of a refresh token, or everything."""
    identity.log_out(
        call.tx,
        call.known_caller,
        refresh_token=body.refresh_token,
        everywhere=bool(body.all),
        origin=call.origin,
    )
    return Done()


@get("/v1/auth/audit")
def audit_log(call: Call, query: AuditAsked) -> AuditPage:
    """GET /v1/auth/audit: what was done with the caller's account, newest first."""
    page = audit.list_entries(call.tx, call.caller.user_id, limit=query.limit, cursor=query.cursor or None)
    return AuditPage([AuditEntry.of(one) for one in page.items], page.next_cursor)
