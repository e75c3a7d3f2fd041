"""Use cases of signed-in devices: started, refreshed, listed, ended (Starbot 1.7 to 1.9)."""

from collections.abc import Sequence
from enum import Enum, auto

from asterism.base import ids
from asterism.base.clock import shift
from asterism.features.accounts import audit
from asterism.features.accounts.identity import store, token_store
from asterism.features.accounts.identity.errors import NotSignedIn, UnknownDevice
from asterism.features.accounts.identity.models import (
    Caller,
    ClientInfo,
    Device,
    IssuedToken,
    Lifetimes,
    Token,
    TokenPair,
    User,
)
from asterism.features.accounts.identity.token_format import kind_of, token_hash
from asterism.features.accounts.identity.tokens import create_token
from asterism.kernel.db import Tx


class Refused(Enum):
    """Why a refresh token was not exchanged. Returned, not raised: what was revoked must be committed."""

    INVALID = auto()
    REUSED = auto()


def start_session(
    tx: Tx, user: User, client: ClientInfo, *, seconds: int, method: str, origin: audit.Origin = audit.NOWHERE
) -> IssuedToken:
    """Sign a client in with one long token."""
    device = _new_device(tx, user, client, method, origin)
    kind = "web" if client.kind == "web" else "cli"
    return create_token(tx, user, kind="u", name=client.name, client=kind, seconds=seconds, device_id=device.id)


def start_refreshing_session(
    tx: Tx, user: User, client: ClientInfo, lifetimes: Lifetimes, *, method: str, origin: audit.Origin = audit.NOWHERE
) -> TokenPair:
    """Sign a client in with a short access token and a rotating refresh token."""
    device = _new_device(tx, user, client, method, origin)
    return _make_pair(tx, user, device.id, client.name, lifetimes, parent_id=None)


def refresh(tx: Tx, text: str, lifetimes: Lifetimes, *, origin: audit.Origin = audit.NOWHERE) -> TokenPair | Refused:
    """Exchange a refresh token for its successors; the second presentation outside the grace ends the device."""
    now = tx.now()
    token = token_store.token_by_hash(tx, token_hash(text)) if kind_of(text) == "r" else None
    if token is None or not token.live(now) or token.device_id is None:
        return Refused.INVALID
    if not store.hold_device(tx, token.device_id):  # signed out meanwhile; from here on signing out waits
        return Refused.INVALID
    if not token_store.mark_exchanged(tx, token.id, now) and not _in_grace(tx, token.id, now, lifetimes):
        store.revoke_devices(tx, [token.device_id], now)
        audit.record(tx, token.user_id, "refresh_token_reused", token.device_id, origin=origin)
        return Refused.REUSED
    user = store.user_by_id(tx, token.user_id)
    if user is None:
        return Refused.INVALID
    return _make_pair(tx, user, token.device_id, token.name, lifetimes, parent_id=token.id)


def log_out(
    tx: Tx,
    caller: Caller | None,
    *,
    refresh_token: str | None = None,
    everywhere: bool = False,
    origin: audit.Origin = audit.NOWHERE,
) -> None:
    """End the session of the caller, or of a refresh token when the access token has run out.

    With `everywhere`, every token of the user is taken back. Raises NotSignedIn when neither is valid.
    """
    if caller is None:
        token = _live_refresh_token(tx, refresh_token)
        user_id, token_id, device_id = token.user_id, token.id, token.device_id
    else:
        user_id, token_id, device_id = caller.user_id, caller.token_id, caller.device_id
    if everywhere:
        token_store.revoke_all(tx, user_id, tx.now())
    elif device_id is not None:
        store.revoke_devices(tx, [device_id], tx.now())
    else:
        token_store.revoke_token(tx, token_id, tx.now())
    audit.record(tx, user_id, "signed_out", device_id, origin=origin, everywhere=everywhere)


def list_devices(tx: Tx, caller: Caller) -> Sequence[Device]:
    """Return the caller's signed-in devices, last seen first."""
    return store.live_devices(tx, caller.user_id, tx.now())


def revoke_device(tx: Tx, caller: Caller, device_id: str, *, origin: audit.Origin = audit.NOWHERE) -> None:
    """Sign one device of the caller out. Raises UnknownDevice."""
    if device_id not in {device.id for device in list_devices(tx, caller)}:
        raise UnknownDevice
    store.revoke_devices(tx, [device_id], tx.now())
    audit.record(tx, caller.user_id, "device_revoked", device_id, origin=origin)


def revoke_other_devices(tx: Tx, caller: Caller, *, origin: audit.Origin = audit.NOWHERE) -> int:
    """Sign every device of the caller out but the one that asks; return how many."""
    others = [device.id for device in list_devices(tx, caller) if device.id != caller.device_id]
    if others:
        store.revoke_devices(tx, others, tx.now())
        audit.record(tx, caller.user_id, "other_devices_revoked", origin=origin, count=len(others))
    return len(others)


def _new_device(tx: Tx, user: User, client: ClientInfo, method: str, origin: audit.Origin) -> Device:
    now = tx.now()
    device = Device(
        ids.ulid(),
        user.id,
        client.kind,
        client.name,
        client.client_name,
        client.client_version,
        client.platform,
        created_at=now,
        last_seen_at=now,
    )
    store.insert_device(tx, device)
    audit.record(tx, user.id, "signed_in", device.id, origin=origin, method=method, client=client.name)
    return device


def _make_pair(
    tx: Tx, user: User, device_id: str, name: str, lifetimes: Lifetimes, *, parent_id: str | None
) -> TokenPair:
    def make(kind: str, seconds: int) -> IssuedToken:
        return create_token(
            tx, user, kind=kind, name=name, client="cli", seconds=seconds, device_id=device_id, parent_id=parent_id
        )

    return TokenPair(make("a", lifetimes.access), make("r", lifetimes.refresh))


def _in_grace(tx: Tx, token_id: str, now: str, lifetimes: Lifetimes) -> bool:
    token = token_store.token_by_id(tx, token_id)
    if token is None or token.exchanged_at is None or now > shift(token.exchanged_at, seconds=lifetimes.refresh_grace):
        return False
    return not token_store.successor_was_exchanged(tx, token_id)


def _live_refresh_token(tx: Tx, text: str | None) -> Token:
    found = token_store.token_by_hash(tx, token_hash(text)) if text and kind_of(text) == "r" else None
    if found is None or not found.live(tx.now()):
        raise NotSignedIn
    return found
