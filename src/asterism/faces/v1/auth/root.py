"""`/v1/auth`: signing in and out, and who is signed in."""

from typing import Any

import msgspec

from asterism.asgi.limits import REFRESH, SIGN_IN
from asterism.base.errors import Invalid
from asterism.faces.v1.auth.signing_in import PROVIDER_NAMES, pair_object, start_web_session, token_object, verified
from asterism.faces.v1.call import Call, get, post
from asterism.features.accounts import audit, identity
from asterism.features.accounts.identity import Refused


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


@post("/v1/auth/link", body=Link, auth=False, rate=SIGN_IN)
def link(call: Call[Link]) -> Any:
    """POST /v1/auth/link: exchange a one-time sign-in code for a token."""
    lifetimes = call.rt.sign_in.lifetimes
    return token_object(identity.redeem_link(call.tx, call.body.code, lifetimes=lifetimes, origin=call.origin))


@post("/v1/auth/google", body=Credential, auth=False, rate=SIGN_IN)
async def google(call: Call[Credential]) -> Any:
    """POST /v1/auth/google: exchange an ID token of Google for a token of ours."""
    who = await verified(call, "google", call.body.credential, call.body.nonce)
    return token_object(await call.rt.db.run(start_web_session, call, "google", who))


@post("/v1/auth/oidc", body=Credential, auth=False, rate=SIGN_IN)
async def oidc(call: Call[Credential]) -> Any:
    """POST /v1/auth/oidc: exchange an ID token of the configured OpenID provider for a token of ours."""
    who = await verified(call, "oidc", call.body.credential, call.body.nonce)
    return token_object(await call.rt.db.run(start_web_session, call, "oidc", who))


@get("/v1/auth/providers", auth=False)
async def providers(call: Call[None]) -> Any:
    """GET /v1/auth/providers: the sign-in providers of this server and our client ids there."""
    sign_in = call.rt.sign_in
    return {
        "providers": [
            {
                "name": name,
                "title": PROVIDER_NAMES[name],
                "issuer": one.issuers[0],
                "client_ids": list(one.audiences),
                "authorization_endpoint": await sign_in.id_tokens.authorization_url(one),
            }
            for name, (one, _) in sign_in.providers.items()
        ]
    }


@get("/v1/auth/me")
def me(call: Call[None]) -> Any:
    """GET /v1/auth/me: the signed-in user."""
    user = identity.current_user(call.tx, call.caller)
    return {"user": {"id": user.id, "email": user.email, "name": user.name, "picture": user.picture}}


@post("/v1/auth/refresh", body=Refresh, auth=False, rate=REFRESH)
async def refresh(call: Call[Refresh]) -> Any:
    """POST /v1/auth/refresh: exchange a refresh token for its successors."""
    text = call.body.refresh_token.strip()
    if not text:
        raise Invalid.field("refresh_token", "must not be blank")
    origin, lifetimes = call.origin, call.rt.sign_in.lifetimes
    found = await call.rt.db.run(identity.refresh, text, lifetimes, origin=origin)
    if found is Refused.REUSED:
        raise identity.RefreshTokenReused
    if isinstance(found, Refused):
        raise identity.InvalidRefreshToken
    return pair_object(found)


@post("/v1/auth/logout", body=Logout, auth="optional")
def logout(call: Call[Logout]) -> Any:
    """POST /v1/auth/logout: sign out this device, the one of a refresh token, or everything."""
    identity.log_out(
        call.tx,
        call.known_caller,
        refresh_token=call.body.refresh_token,
        everywhere=bool(call.body.all),
        origin=call.origin,
    )
    return {"success": True}


@get("/v1/auth/audit")
def audit_log(call: Call[None]) -> Any:
    """GET /v1/auth/audit: what was done with the caller's account, newest first."""
    limit = call.query.limit(default=50, maximum=200)
    page = audit.list_entries(call.tx, call.caller.user_id, limit=limit, cursor=call.query.cursor())
    entries = [{name: getattr(entry, name) for name in audit.Entry.__slots__} for entry in page.items]
    return {"entries": entries, "next_cursor": page.next_cursor}
