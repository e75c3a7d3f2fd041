"""`/v1/auth/device`: device sign-in, literal to the Starbot contract (Starbot 1.2 to 1.5)."""

from collections.abc import Mapping
from typing import Any, Literal, Self

import msgspec
from msgspec import UNSET, UnsetType

from asterism.asgi.limits import DEVICE_START
from asterism.base.errors import Invalid, NotFound
from asterism.faces.shapes import copied
from asterism.faces.v1 import device_codes
from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.device_codes import client_info, guesses_counted, user_of_grant
from asterism.features.accounts import device_grants, identity
from asterism.features.accounts.device_grants import Outcome
from asterism.kernel.db import Tx

State = Literal["pending", "denied", "expired", "authorized"]
STATUS: Mapping[Outcome, State] = {Outcome.PENDING: "pending", Outcome.DENIED: "denied"}  # everything else is `expired`


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


class StartedDevice(msgspec.Struct):
    """The codes of a device sign-in (Starbot 1.2)."""

    device_code: str
    user_code: str
    verification_url: str
    expires_in: int
    interval: int


class Polled(msgspec.Struct, kw_only=True):
    """How a device sign-in stands; `authorized` brings the tokens, once."""

    status: State
    access_token: str | UnsetType = UNSET
    refresh_token: str | UnsetType = UNSET
    expires_in: int | UnsetType = UNSET


class Decided(msgspec.Struct):
    """What was decided."""

    status: Literal["confirmed", "denied"]


class WaitingDevice(msgspec.Struct):
    """What a device said about itself, and where it asked from."""

    client_name: str | None
    client_version: str | None
    hostname: str | None
    os: str | None
    arch: str | None
    address: str | None
    requested_at: str
    expires_at: str

    @classmethod
    def of(cls, grant: device_grants.Grant) -> Self:
        """Write what waits."""
        return copied(cls, grant, requested_at=grant.created_at)


class PendingDevice(msgspec.Struct):
    """The device that waits with a code."""

    device: WaitingDevice


@post("/v1/auth/device/start", auth=False, rate=DEVICE_START)
def start(call: Call, body: Start) -> StartedDevice:
    """POST /v1/auth/device/start: open a device sign-in."""
    started = device_codes.start(call.tx, call, msgspec.structs.asdict(body))
    page = f"{call.rt.sign_in.addresses.base(call.request)}/device"
    interval = call.rt.sign_in.poll_seconds
    return StartedDevice(started.device_code, started.user_code, page, started.expires_in, interval)


@post("/v1/auth/device/poll", auth=False, errors=(NotFound,))
async def poll(call: Call, body: Polling) -> Polled:
    """POST /v1/auth/device/poll: ask how a device sign-in stands; the first poll after approval gets the tokens."""
    code = body.device_code
    if not code.strip() or len(code) > 128:
        raise Invalid.field("device_code", "must have 1 to 128 characters")
    found = await call.rt.db.run_read(device_grants.look, code)
    if found.outcome is Outcome.READY:
        return await call.rt.db.run(redeem, call, code)
    if found.outcome is Outcome.UNKNOWN:
        raise NotFound("There is no such device sign-in.")
    return Polled(status=STATUS.get(found.outcome, "expired"))


@post("/v1/auth/device/confirm", errors=(device_grants.CodeUsed, device_grants.CodeExpired, device_grants.UnknownCode))
def confirm(call: Call, body: Decision) -> Decided:
    """POST /v1/auth/device/confirm: approve or deny the device that shows this code."""
    code, denied = checked_user_code(body.user_code), body.action == "deny"
    decide = device_grants.deny if denied else device_grants.approve
    with guesses_counted(call):
        decide(call.tx, code, call.caller.user_id, origin=call.origin)
    return Decided("denied" if denied else "confirmed")


@get("/v1/auth/device/pending/{user_code:str}", errors=(device_grants.CodeExpired,))
def pending(call: Call, user_code: str) -> PendingDevice:
    """GET /v1/auth/device/pending/:userCode: which device waits with this code."""
    with guesses_counted(call):
        grant = device_grants.pending_grant(call.tx, user_code)
    return PendingDevice(WaitingDevice.of(grant))


def redeem(tx: Tx, call: Call, code: str) -> Polled:
    """Sign the device in and write its tokens; a grant whose user is gone counts as expired."""
    found = device_grants.poll(tx, code)
    user = user_of_grant(tx, found.grant) if found.grant else None
    if found.outcome is not Outcome.READY or user is None or found.grant is None:
        return Polled(status=STATUS.get(found.outcome, "expired"))
    client = client_info(found.grant, "device")
    lifetimes, origin = call.rt.sign_in.lifetimes, call.origin
    pair = identity.start_refreshing_session(tx, user, client, lifetimes, method="device", origin=origin)
    return Polled(
        status="authorized",
        access_token=pair.access.text,
        refresh_token=pair.refresh.text,
        expires_in=pair.access.expires_in,
    )


def checked_user_code(typed: str) -> str:
    """Return a user code of a plausible length. Raises Invalid."""
    if not typed.strip() or len(typed) > 32:
        raise Invalid.field("user_code", "must have 1 to 32 characters")
    return typed
