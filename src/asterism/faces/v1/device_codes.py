"""What both dialects of device sign-in share: who asks, guessing limited, tokens made for a redeemed grant."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from asterism.asgi.limits import WRONG_CODES
from asterism.faces.v1.call import Call
from asterism.features.accounts import device_grants, identity
from asterism.features.accounts.device_grants import Client, Grant, UnknownCode, clean_description
from asterism.features.accounts.identity import ClientInfo, DeviceKind, User
from asterism.kernel.db import Tx


def client_of(call: Call, fields: Mapping[str, object]) -> Client:
    """Return what a device says about itself, cut and cleaned; anything of a wrong type is dropped."""
    meta = fields.get("device_meta")
    told: Mapping[str, object] = meta if isinstance(meta, dict) else {}
    name = clean_description(fields.get("client_name")) or clean_description(meta)
    return Client(
        name=name,
        version=clean_description(fields.get("client_version")),
        hostname=clean_description(told.get("hostname")),
        os=clean_description(told.get("os")),
        arch=clean_description(told.get("arch")),
        address=call.rt.sign_in.addresses.client(call.request),
    )


def guesser(call: Call) -> str:
    """Return under whose name wrong codes are counted: the user, else the client address."""
    caller = call.known_caller
    return f"user {caller.user_id}" if caller else call.rt.sign_in.addresses.client(call.request)


@contextmanager
def guesses_counted(call: Call) -> Iterator[None]:
    """Count a code that nobody waits with as a wrong guess. Raises RateLimited when there were too many."""
    limits, key = call.rt.sign_in.limits, guesser(call)
    limits.check(WRONG_CODES, key)
    try:
        yield
    except UnknownCode:
        limits.take(WRONG_CODES, key)
        raise


def client_info(grant: Grant, kind: DeviceKind) -> ClientInfo:
    """Return how the device of a grant is listed."""
    name = grant.client_name or grant.hostname or "Unnamed device"
    platform = " ".join(part for part in (grant.os, grant.arch) if part) or None
    return ClientInfo(kind, name, grant.client_name, grant.client_version, platform)


def user_of_grant(tx: Tx, grant: Grant) -> User | None:
    """Return the user who approved, None when that account is gone."""
    return identity.user_by_id(tx, grant.user_id) if grant.user_id else None


def start(tx: Tx, call: Call, fields: Mapping[str, object]) -> device_grants.Started:
    """Open a grant for the device that asks."""
    return device_grants.start(tx, client_of(call, fields), seconds=call.rt.sign_in.device_seconds)
