"""`/v1/auth/device`: device sign-in, literal to the Starbot contract (Starbot 1.2 to 1.5)."""

from typing import Any, Literal

import msgspec

from asterism.asgi.limits import DEVICE_START
from asterism.base.errors import Invalid, NotFound
from asterism.faces.v1 import device_codes
from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.device_codes import client_info, guesses_counted, user_of_grant
from asterism.features.accounts import device_grants, identity
from asterism.features.accounts.device_grants import Outcome
from asterism.kernel.db import Tx

STATUS = {Outcome.PENDING: "pending", Outcome.DENIED: "denied"}  # everything else is `expired`


class Start(msgspec.Struct):
    """What the device says about itself; of any type, since wrong ones are dropped."""

    client_name: Any = None
    client_version: Any = None
    device_meta: Any = None


class Polling(msgspec.Struct):
    """The device's secret."""

    device_code: str


class Decision(msgspec.Struct):
    """A person's decision about a code."""

    user_code: str
    action: Literal["approve", "deny"] | None = None


@post("/v1/auth/device/start", body=Start, auth=False, rate=DEVICE_START)
def start(call: Call[Start]) -> Any:
    """POST /v1/auth/device/start: open a device sign-in."""
    started = device_codes.start(call.tx, call, msgspec.structs.asdict(call.body))
    return {
        "device_code": started.device_code,
        "user_code": started.user_code,
        "verification_url": f"{call.rt.sign_in.addresses.base(call.request)}/device",
        "expires_in": started.expires_in,
        "interval": call.rt.sign_in.poll_seconds,
    }


@post("/v1/auth/device/poll", body=Polling, auth=False)
async def poll(call: Call[Polling]) -> Any:
    """POST /v1/auth/device/poll: ask how a device sign-in stands; the first poll after approval gets the tokens."""
    code = call.body.device_code
    if not code.strip() or len(code) > 128:
        raise Invalid.field("device_code", "must have 1 to 128 characters")
    found = await call.rt.db.run_read(device_grants.look, code)
    if found.outcome is Outcome.READY:
        return await call.rt.db.run(redeem, call, code)
    if found.outcome is Outcome.UNKNOWN:
        raise NotFound("There is no such device sign-in.")
    return {"status": STATUS.get(found.outcome, "expired")}


@post("/v1/auth/device/confirm", body=Decision)
def confirm(call: Call[Decision]) -> Any:
    """POST /v1/auth/device/confirm: approve or deny the device that shows this code."""
    code, denied = checked_user_code(call.body.user_code), call.body.action == "deny"
    decide = device_grants.deny if denied else device_grants.approve
    with guesses_counted(call):
        decide(call.tx, code, call.caller.user_id, origin=call.origin)
    return {"status": "denied" if denied else "confirmed"}


@get("/v1/auth/device/pending/{user_code:str}")
def pending(call: Call[None]) -> Any:
    """GET /v1/auth/device/pending/:userCode: which device waits with this code."""
    with guesses_counted(call):
        grant = device_grants.pending_grant(call.tx, call.path["user_code"])
    names = ("client_name", "client_version", "hostname", "os", "arch", "address")
    told = {name: getattr(grant, name) for name in names}
    return {"device": {**told, "requested_at": grant.created_at, "expires_at": grant.expires_at}}


def redeem(tx: Tx, call: Call[Any], code: str) -> dict[str, Any]:
    """Sign the device in and write its tokens; a grant whose user is gone counts as expired."""
    found = device_grants.poll(tx, code)
    user = user_of_grant(tx, found.grant) if found.grant else None
    if found.outcome is not Outcome.READY or user is None or found.grant is None:
        return {"status": STATUS.get(found.outcome, "expired")}
    client = client_info(found.grant, "device")
    lifetimes, origin = call.rt.sign_in.lifetimes, call.origin
    pair = identity.start_refreshing_session(tx, user, client, lifetimes, method="device", origin=origin)
    return {
        "status": "authorized",
        "access_token": pair.access.text,
        "refresh_token": pair.refresh.text,
        "expires_in": pair.access.expires_in,
    }


def checked_user_code(typed: str) -> str:
    """Return a user code of a plausible length. Raises Invalid."""
    if not typed.strip() or len(typed) > 32:
        raise Invalid.field("user_code", "must have 1 to 32 characters")
    return typed
