"""Use cases of device sign-in: start, poll, approve, deny."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from asterism.base.clock import shift
from asterism.base.ids import ulid
from asterism.features.accounts import audit
from asterism.features.accounts.device_grants import rules, store
from asterism.features.accounts.device_grants.errors import CodeExpired, CodeUsed, UnknownCode
from asterism.features.accounts.device_grants.rules import Grant, GrantState
from asterism.kernel.db import Tx

TRIES = 8  # for a code that nobody uses; one collision in a million is already unlikely


@dataclass(frozen=True, slots=True)
class Client:
    """What a device says about itself; shown to the person who decides, believed by nobody."""

    name: str | None = None
    version: str | None = None
    hostname: str | None = None
    os: str | None = None
    arch: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The two codes, at the only moment they are known. `expires_in` is in seconds."""

    device_code: str
    user_code: str
    expires_in: int

    def __repr__(self) -> str:
        return f"Started(expires_in={self.expires_in})"


class Outcome(Enum):
    """What a poll finds."""

    UNKNOWN = auto()
    PENDING = auto()
    TOO_FAST = auto()
    DENIED = auto()
    EXPIRED = auto()
    REDEEMED = auto()  # by an earlier poll
    READY = auto()  # approved, and redeemed by this very poll: the caller makes the tokens now


@dataclass(frozen=True, slots=True)
class Poll:
    """The answer to a poll; `grant` is there unless the code is unknown."""

    outcome: Outcome
    grant: Grant | None = None


def start(tx: Tx, client: Client, *, seconds: int) -> Started:
    """Open a grant that lives `seconds`."""
    now = tx.now()
    grant = Grant(
        id=ulid(),
        state=GrantState.PENDING,
        client_name=client.name,
        client_version=client.version,
        hostname=client.hostname,
        os=client.os,
        arch=client.arch,
        address=client.address,
        created_at=now,
        expires_at=shift(now, seconds=seconds),
        user_id=None,
        polls_left=float(rules.BURST),
        polled_at=None,
    )
    for _ in range(TRIES):
        device_code, user_code = rules.make_device_code(), rules.make_user_code()
        hashes = rules.code_hash(device_code), rules.code_hash(rules.normalise_user_code(user_code))
        if store.insert(tx, grant, *hashes):
            return Started(device_code, user_code, seconds)
    raise RuntimeError("no free user code was found")


def look(tx: Tx, device_code: str) -> Poll:
    """Tell how a grant stands, changing nothing: READY means that `poll` would redeem it."""
    grant = _known(tx, store.by_device_code(tx, rules.code_hash(device_code)))
    if grant is not None and grant.state is GrantState.DENIED:
        return Poll(Outcome.DENIED, grant)
    return _judge(tx, grant)


def poll(tx: Tx, device_code: str) -> Poll:
    """Tell how a grant stands, and redeem it when it is approved; pace is not looked at (Starbot 1.3)."""
    return _redeemed(tx, look(tx, device_code))


def poll_paced(tx: Tx, device_code: str) -> Poll:
    """Tell how a grant stands and redeem it, in the order and at the pace of Fastest 2.2."""
    grant = _known(tx, store.by_device_code(tx, rules.code_hash(device_code)))
    found = _redeemed(tx, _judge(tx, grant))
    if found.outcome is not Outcome.PENDING or found.grant is None:
        return found
    in_time, left = rules.take_poll(found.grant, tx.now())
    store.write_poll(tx, found.grant.id, left, tx.now())
    return found if in_time else Poll(Outcome.TOO_FAST, found.grant)


def pending_grant(tx: Tx, user_code: str) -> Grant:
    """Return the grant that waits for a decision. Raises UnknownCode (decided ones too), CodeExpired."""
    grant = _by_user_code(tx, user_code)
    if grant.state is not GrantState.PENDING:
        raise UnknownCode
    if grant.expired(tx.now()):
        raise CodeExpired
    return grant


def approve(tx: Tx, user_code: str, user_id: str, *, origin: audit.Origin = audit.NOWHERE) -> None:
    """Let the device sign in as this user. Raises UnknownCode, CodeUsed, CodeExpired."""
    grant = _decide(tx, user_code, GrantState.APPROVED, user_id)
    audit.record(tx, user_id, "device_approved", grant.client_name, origin=origin, address_of_device=grant.address)


def deny(tx: Tx, user_code: str, user_id: str, *, origin: audit.Origin = audit.NOWHERE) -> None:
    """Refuse the device in the name of this user. Raises UnknownCode, CodeUsed, CodeExpired."""
    grant = _decide(tx, user_code, GrantState.DENIED, user_id)
    audit.record(tx, user_id, "device_denied", grant.client_name, origin=origin, address_of_device=grant.address)


def deny_quietly(tx: Tx, user_code: str) -> bool:
    """Refuse a pending device without knowing who asks; return whether the code was known at all."""
    try:
        _decide(tx, user_code, GrantState.DENIED, None)
    except UnknownCode:
        return False
    except (CodeUsed, CodeExpired):
        return True
    return True


def purge(tx: Tx) -> int:
    """Delete grants that answer as unknown already; return how many."""
    return store.delete_expired_before(tx, shift(tx.now(), seconds=-rules.KEEP_SECONDS))


def _judge(tx: Tx, grant: Grant | None) -> Poll:
    if grant is None:
        return Poll(Outcome.UNKNOWN)
    if grant.state is GrantState.REDEEMED:
        return Poll(Outcome.REDEEMED, grant)
    if grant.expired(tx.now()):
        return Poll(Outcome.EXPIRED, grant)
    if grant.state is GrantState.DENIED:
        return Poll(Outcome.DENIED, grant)
    if grant.state is GrantState.PENDING:
        return Poll(Outcome.PENDING, grant)
    return Poll(Outcome.READY, grant)


def _redeemed(tx: Tx, found: Poll) -> Poll:
    """Redeem a grant that is ready; of any number of calls at once, one finds it READY and the others REDEEMED."""
    if found.outcome is not Outcome.READY or found.grant is None:
        return found
    if not store.redeem(tx, found.grant.id):
        return Poll(Outcome.REDEEMED, found.grant)
    return Poll(Outcome.READY, replace(found.grant, state=GrantState.REDEEMED))


def _decide(tx: Tx, user_code: str, state: GrantState, user_id: str | None) -> Grant:
    grant = _by_user_code(tx, user_code)
    if grant.state is not GrantState.PENDING:
        raise CodeUsed
    if grant.expired(tx.now()):
        raise CodeExpired
    if not store.decide(tx, grant.id, state, user_id, tx.now()):
        raise CodeUsed
    return grant


def _by_user_code(tx: Tx, user_code: str) -> Grant:
    grant = _known(tx, store.by_user_code(tx, rules.code_hash(rules.normalise_user_code(user_code))))
    if grant is None:
        raise UnknownCode
    return grant


def _known(tx: Tx, grant: Grant | None) -> Grant | None:
    return None if grant is None or grant.forgotten(tx.now()) else grant
