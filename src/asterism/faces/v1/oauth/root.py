"""`/v1/oauth`: tokens exchanged (RFC 6749, RFC 8628), revoked (RFC 7009), looked at (RFC 7662)."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from asterism.asgi.answers import Refused
from asterism.asgi.body import Upload
from asterism.asgi.forms import FORM, read_fields, read_form
from asterism.asgi.limits import TOKEN_EXCHANGE
from asterism.asgi.signature import Takes
from asterism.base.clock import parse
from asterism.base.errors import Invalid
from asterism.faces.v1.auth.signing_in import PairObject, TokenObject, pair_object, token_object
from asterism.faces.v1.call import Call, post
from asterism.faces.v1.device_codes import client_info, user_of_grant
from asterism.faces.v1.wire import Empty
from asterism.features.accounts import device_grants, identity
from asterism.features.accounts.device_grants import Outcome
from asterism.features.accounts.identity import Token, User
from asterism.kernel.db import Tx

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
REFUSALS = {
    Outcome.UNKNOWN: ("invalid_grant", "This device code is unknown or was redeemed before."),
    Outcome.REDEEMED: ("invalid_grant", "This device code is unknown or was redeemed before."),
    Outcome.EXPIRED: ("expired_token", "This device code has expired; start again."),
    Outcome.DENIED: ("access_denied", "The request was denied."),
    Outcome.TOO_FAST: ("slow_down", "Polling too fast."),
    Outcome.PENDING: ("authorization_pending", "Nobody has decided yet."),
}
SLOW_INTERVAL = 10  # seconds, told with slow_down; what is required stays far below


class TokenRequest(msgspec.Struct):
    """A grant to exchange: a device code or a refresh token."""

    grant_type: str
    device_code: str | None = None
    refresh_token: str | None = None
    client_id: str | None = None


class TokenForm(msgspec.Struct):
    """The token that a request is about (RFC 7009 2.1, RFC 7662 2.1)."""

    token: str
    token_type_hint: str | None = None


class OAuthRefusal(msgspec.Struct, kw_only=True):
    """An error in the words of RFC 6749 5.2; `interval` comes with slow_down (RFC 8628 3.5)."""

    error: str
    error_description: str
    interval: int | UnsetType = UNSET


class Introspection(msgspec.Struct, kw_only=True):
    """What a token is worth (RFC 7662 2.2); of one that is not live only `active` is told."""

    active: bool
    scope: str | UnsetType = UNSET
    client_id: str | UnsetType = UNSET
    username: str | UnsetType = UNSET
    token_type: str | UnsetType = UNSET
    exp: int | UnsetType = UNSET
    iat: int | UnsetType = UNSET
    sub: str | UnsetType = UNSET
    jti: str | UnsetType = UNSET


Exchanged = TokenObject | PairObject | Refused[OAuthRefusal]


@post("/v1/oauth/token", auth=False, rate=TOKEN_EXCHANGE)
async def token(
    call: Call, body: Annotated[Upload, Takes.of("application/json", FORM, shape=TokenRequest)]
) -> TokenObject | PairObject | Refused[OAuthRefusal]:
    """POST /v1/oauth/token: exchange a device code or a refresh token; JSON or form."""
    fields = await read_fields(body)
    exchanges = {DEVICE_CODE: exchange_device_code, "refresh_token": exchange_refresh_token}
    grant_type = fields.get("grant_type")
    exchange = exchanges.get(grant_type) if isinstance(grant_type, str) else None
    if exchange is None:
        return refusal("unsupported_grant_type", "This grant type is not supported.")
    return await call.rt.db.run(exchange, call, fields)


@post("/v1/oauth/revoke", auth=False, rate=TOKEN_EXCHANGE)
async def revoke(call: Call, body: Annotated[Upload, Takes.of(FORM, shape=TokenForm)]) -> Empty:
    """POST /v1/oauth/revoke: take back the token in the form; an unknown one is no error."""
    text = required(await read_form(body), "token")
    await call.rt.db.run(identity.revoke_presented, text, origin=call.origin)
    return Empty()


@post("/v1/oauth/introspect")
async def introspect(call: Call, body: Annotated[Upload, Takes.of(FORM, shape=TokenForm)]) -> Introspection:
    """POST /v1/oauth/introspect: say what a token of the caller's own is worth."""
    text = required(await read_form(body), "token")
    found = await call.rt.db.run_read(identity.introspect, call.caller, text)
    return Introspection(active=False) if found is None else introspection(*found)


def exchange_device_code(tx: Tx, call: Call, fields: Mapping[str, object]) -> Exchanged:
    """Answer one poll, in the order of Fastest 2.2; refusals are returned, so that the pace is written down."""
    code = fields.get("device_code")
    if not isinstance(code, str) or not code:
        return refusal("invalid_request", "device_code is required.")
    found = device_grants.poll_paced(tx, code)
    if found.outcome in REFUSALS:
        return refusal(*REFUSALS[found.outcome])
    user = user_of_grant(tx, found.grant) if found.grant else None
    if user is None or found.grant is None:
        return refusal(*REFUSALS[Outcome.UNKNOWN])
    client = client_info(found.grant, "cli")
    seconds, origin = call.rt.sign_in.lifetimes.session, call.origin
    return token_object(identity.start_session(tx, user, client, seconds=seconds, method="device", origin=origin))


def exchange_refresh_token(tx: Tx, call: Call, fields: Mapping[str, object]) -> Exchanged:
    """Exchange a refresh token; every failure is `invalid_grant`, and what it revokes is committed."""
    text = fields.get("refresh_token")
    if not isinstance(text, str) or not text:
        return refusal("invalid_request", "refresh_token is required.")
    found = identity.refresh(tx, text, call.rt.sign_in.lifetimes, origin=call.origin)
    if isinstance(found, identity.Refused):
        return refusal("invalid_grant", "The refresh token is not valid.")
    return pair_object(found)


def refusal(error: str, description: str) -> Refused[OAuthRefusal]:
    """Write an error as RFC 6749 5.2 does."""
    interval = SLOW_INTERVAL if error == "slow_down" else UNSET
    return Refused(OAuthRefusal(error=error, error_description=description, interval=interval))


def introspection(token: Token, user: User) -> Introspection:
    """Write a live token."""
    return Introspection(
        active=True,
        scope=token.scope.name,
        client_id=token.client,
        username=user.email,
        token_type="refresh_token" if token.kind == "r" else "Bearer",
        exp=int(parse(token.expires_at).timestamp()),
        iat=int(parse(token.created_at).timestamp()),
        sub=user.id,
        jti=token.id,
    )


def required(fields: Mapping[str, str], name: str) -> str:
    """Return a field that must be there. Raises Invalid."""
    if not fields.get(name):
        raise Invalid.field(name, "is required")
    return fields[name]
