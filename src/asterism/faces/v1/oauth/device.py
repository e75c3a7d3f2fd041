"""`/v1/oauth/device`: device sign-in as RFC 8628 spells it (Fastest 2.1, 2.3, 2.4)."""

from typing import Annotated, Any

import msgspec

from asterism.asgi.body import Upload
from asterism.asgi.forms import FORM, read_any_fields
from asterism.asgi.limits import DEVICE_START, WRONG_CODES
from asterism.asgi.signature import Takes
from asterism.base.errors import Forbidden, Invalid
from asterism.faces.v1.auth.signing_in import user_of, verified
from asterism.faces.v1.call import Call, post
from asterism.faces.v1.device_codes import guesser, guesses_counted, start
from asterism.faces.v1.edge import bearer_of
from asterism.faces.v1.wire import Done
from asterism.features.accounts import device_grants, identity
from asterism.features.accounts.device_grants import CodeExpired, CodeUsed, UnknownCode
from asterism.kernel.db import Tx
from asterism.kernel.oidc import Identity, IdTokenRefused, KeysUnavailable


class Authorize(msgspec.Struct):
    """A code to approve, and a Google credential where no bearer token is sent."""

    user_code: str
    credential: str | None = None


class Deny(msgspec.Struct):
    """A code to refuse."""

    user_code: str


class AnyDevice(msgspec.Struct):
    """What the device says about itself; all of it may be missing, or of any type."""

    client_name: Any = None
    client_version: Any = None
    device_meta: Any = None


class DeviceCodes(msgspec.Struct):
    """The codes of a device sign-in (RFC 8628 3.2)."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class Authorized(msgspec.Struct):
    """A device was approved."""

    success: bool
    message: str


class ForbiddenOrigin(Forbidden):
    """A page of another site asked for this."""

    code = "FORBIDDEN_ORIGIN"


AUTHORIZE_ERRORS = (
    identity.NotSignedIn,
    identity.InvalidCredential,
    identity.SignUpNotAllowed,
    (Invalid, "INVALID_CODE"),
    (Invalid, "EXPIRED_CODE"),
    (Invalid, "ALREADY_USED"),
    KeysUnavailable,
)


@post("/v1/oauth/device", auth=False, rate=DEVICE_START)
async def begin(
    call: Call, body: Annotated[Upload, Takes.of("application/json", FORM, shape=AnyDevice)]
) -> DeviceCodes:
    """POST /v1/oauth/device: open a device sign-in; the body may be anything."""
    started = await call.rt.db.run(start, call, await read_any_fields(body))
    page = f"{call.rt.sign_in.addresses.base(call.request)}/device"
    return DeviceCodes(
        device_code=started.device_code,
        user_code=started.user_code,
        verification_uri=page,
        verification_uri_complete=f"{page}?code={started.user_code}",
        expires_in=started.expires_in,
        interval=call.rt.sign_in.poll_seconds,
    )


@post("/v1/oauth/device/authorize", auth="optional", errors=AUTHORIZE_ERRORS)
async def authorize(call: Call, body: Authorize) -> Authorized:
    """POST /v1/oauth/device/authorize: approve a device, by bearer token or by a Google credential."""
    who = None
    if call.known_caller is None:
        who = await credential_of(call, body)
    await call.rt.db.run(approve, call, body, who)
    return Authorized(success=True, message="Device authorized. You can return to it now.")


@post("/v1/oauth/device/deny", auth=False, errors=(ForbiddenOrigin,))
def deny(call: Call, body: Deny) -> Done:
    """POST /v1/oauth/device/deny: refuse a device; answers the same for every code."""
    check_origin(call)
    key = guesser(call)
    call.rt.sign_in.limits.check(WRONG_CODES, key)
    if not device_grants.deny_quietly(call.tx, body.user_code):
        call.rt.sign_in.limits.take(WRONG_CODES, key)
    return Done()


async def credential_of(call: Call, body: Authorize) -> Identity:
    """Return whom the Google credential names. Raises Invalid, NotSignedIn, or IdTokenRefused as INVALID_CREDENTIAL."""
    credential = (body.credential or "").strip()
    if not credential:
        if bearer_of(call.request) is not None:
            raise identity.NotSignedIn
        raise Invalid.field("credential", "is required without a bearer token")
    try:
        return await verified(call, "google", credential)
    except (IdTokenRefused, identity.ProviderNotConfigured) as error:
        raise identity.InvalidCredential from error


def approve(tx: Tx, call: Call, body: Authorize, who: Identity | None) -> None:
    """Approve in the name of the caller, or of the user whom Google vouched for; errors in the words of Fastest 2.3."""
    user_id = call.caller.user_id if who is None else user_of(tx, call, "google", who).id
    try:
        with guesses_counted(call):
            device_grants.approve(tx, body.user_code, user_id, origin=call.origin)
    except UnknownCode as error:
        raise Invalid(error.message, code="INVALID_CODE", hint=error.hint) from error
    except CodeExpired as error:
        raise Invalid(error.message, code="EXPIRED_CODE", hint=error.hint) from error
    except CodeUsed as error:
        raise Invalid(error.message, code="ALREADY_USED", hint=error.hint) from error


def check_origin(call: Call) -> None:
    """Raise ForbiddenOrigin when a browser says that a page of neither ours nor a listed site sends this."""
    origin = call.request.headers.get("origin")
    if origin is None:
        return
    if origin not in call.rt.sign_in.addresses.origins(call.request) | call.rt.sign_in.origins:
        raise ForbiddenOrigin("This page may not refuse devices here.", hint="List it in ASTERISM_CORS_ORIGINS.")
